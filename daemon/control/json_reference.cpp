#include "daemon/control/json_reference.h"

#include <algorithm>
#include <chrono>
#include <type_traits>

#include "daemon/balancer/snapshot.h"
#include "daemon/fields/json_out.h"

namespace evenkeel::daemon {
namespace {

using fields::kIsOf;

template <typename Rows>
std::string joined(const Rows& rows, std::string_view separator) {
  std::string text;
  for (const auto& row : rows) {
    if (!text.empty()) text += separator;
    text += row;
  }
  return text;
}

template <typename T>
concept Computed = fields::HasMembers<T> || kIsOf<T, fields::Inner>;

/// As json_out.h writes it.
template <typename T>
std::string type_of() {
  using namespace fields::json;
  if constexpr (std::is_same_v<T, bool>) {
    return "boolean";
  } else if constexpr (fields::Worded<T>) {
    return joined(fields::kNames<T>, " | ");
  } else if constexpr (std::integral<T>) {
    return "number";
  } else if constexpr (std::convertible_to<const T&, std::string_view>) {
    return "string";
  } else if constexpr (std::is_same_v<T, boost::asio::ip::address>) {
    return "address";
  } else if constexpr (std::is_same_v<T, std::chrono::system_clock::time_point>) {
    return "time";
  } else if constexpr (kIsOf<T, std::chrono::duration>) {
    return "microseconds";
  } else if constexpr (kIsOf<T, std::optional>) {
    return type_of<typename T::value_type>() + " or null";
  } else if constexpr (kIsOf<T, fields::When>) {
    return type_of<decltype(T::value)>();
  } else if constexpr (fields::kIsEnumArray<T>) {
    using Element = typename T::value_type;
    if constexpr (kIsOf<Element, std::optional>) {
      return "{ERROR: " + type_of<typename Element::value_type>() + "}";
    } else {
      return "{ERROR: " + type_of<Element>() + "}";
    }
  } else if constexpr (Pairs<T>) {
    return "{NAME: " + type_of<typename T::value_type::second_type>() + "}";
  } else if constexpr (List<T>) {
    return "[" + type_of<typename T::value_type>() + "]";
  } else if constexpr (Computed<T>) {
    return "object";
  } else {
    std::vector<std::string> members;
    fields::for_each_field<T>([&]<typename Row>(const Row& row) {
      using Member = std::remove_cvref_t<decltype(std::declval<T>().*Row::member)>;
      members.push_back(std::string(row.key) + ": " + type_of<Member>());
    });
    return "{" + joined(members, ", ") + "}";
  }
}

class Fields {
 public:
  template <typename T>
  void add(const std::string& object) {
    add_members<T>(object, members_of(fields::Of<T>()));
  }
  template <typename T>
  void add_field(const std::string& object, std::string_view key, std::string_view text) {
    fields_.push_back({object, std::string(key), type_of<T>(), std::string(text)});
  }
  std::vector<JsonField> take() { return std::move(fields_); }

 private:
  template <typename T, typename Members>
  void add_members(const std::string& object, const Members& members) {
    std::apply(
        [&](const auto&... each) {
          (add_field<Result<T, decltype(each.get)>>(object, each.key, each.text), ...);
          (add_within<T>(object, each), ...);
        },
        members);
  }

  template <typename T, typename Get>
  using Result =
      std::remove_cvref_t<std::invoke_result_t<const std::remove_cvref_t<Get>&, const T&>>;

  /// The members of an object that is the value of a member.
  template <typename T, typename Get>
  void add_within(const std::string& object, const fields::Member<Get>& member) {
    const std::string path = (object.empty() ? "" : object + ".") + std::string(member.key);
    if constexpr (kIsOf<Get, fields::Object>) {
      add_members<T>(path, member.get.members);
    } else if constexpr (kIsOf<Get, fields::OptionalObject>) {
      using Optional = Result<T, decltype(member.get.get)>;
      add_members<typename Optional::value_type>(path, member.get.members);
    } else if constexpr (requires { typename Result<T, Get>::value_type; }) {
      using Element = typename Result<T, Get>::value_type;
      if constexpr (fields::HasMembers<Element>) add<Element>(path + "[]");
    }
  }

  std::vector<JsonField> fields_;
};

/// As mdoc(7) shows it: neither an escape nor a request.
std::string escaped(const std::string& text) {
  std::string result = text.starts_with('.') || text.starts_with('\'') ? "\\&" : "";
  for (const char c : text) {
    result += c;
    if (c == '\\') result += 'e';
  }
  return result;
}

}  // namespace

std::vector<JsonField> json_fields() {
  // What status_json.cpp writes an element at a time has no member of its own.
  using Statistics = ipvs::Statistics;
  constexpr std::string_view kWithStatistics = "with --stats or --rate";
  Fields all;
  all.add<Snapshot>("");
  all.add_field<std::vector<InstanceSnapshot>>(
      "", "instances", "in the order of the configuration; none where services were named");
  all.add_field<std::vector<ServiceSnapshot>>("", "services", "in the order of the configuration");
  all.add_field<int>("", "exit_code", "the exit status of the command");
  all.add<InstanceSnapshot>("instances[]");
  all.add<ServiceSnapshot>("services[]");
  all.add_field<Statistics>("services[]", "statistics", kWithStatistics);
  all.add_field<std::vector<RealServerSnapshot>>("services[]", "real_servers",
                                                 "the sorry server last");
  all.add<RealServerSnapshot>("services[].real_servers[]");
  all.add_field<Statistics>("services[].real_servers[]", "statistics", kWithStatistics);
  return all.take();
}

std::string json_manual() {
  std::string text;
  for (std::vector<JsonField> rest = json_fields(); !rest.empty();) {
    const std::string object = rest.front().object;
    const auto end = std::stable_partition(
        rest.begin(), rest.end(), [&](const JsonField& field) { return field.object == object; });
    text += ".Ss " + (object.empty() ? "The document" : object) + "\n.Bl -tag -width Ds\n";
    for (auto field = rest.begin(); field != end; ++field) {
      text += ".It Ic " + field->key + " No \\&: Em \"" + field->type + "\"\n";
      if (!field->text.empty()) text += escaped(field->text) + ".\n";
    }
    text += ".El\n";
    rest.erase(rest.begin(), end);
  }
  return text;
}

}  // namespace evenkeel::daemon
