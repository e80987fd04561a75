#include "daemon/config/key_facts.h"

#include "daemon/config/global_keys.h"
#include "daemon/config/key_defaults.h"
#include "daemon/config/service_keys.h"
#include "daemon/config/vrrp_keys.h"

namespace evenkeel::daemon {
namespace {

std::string quoted(std::string_view word) {
  return "\\(dq" + std::string(word) + "\\(dq";
}

/// In mdoc, as the head of a list item has it.
void describe(Boolean /*kind*/, KeyFact& fact) {
  fact.value = "Em boolean";
}
void describe(const Between& kind, KeyFact& fact) {
  fact.value = "Em integer";
  fact.min = std::to_string(kind.min);
  fact.max = std::to_string(kind.max);
}
void describe(const Times& kind, KeyFact& fact) {
  fact.value = "Em duration";
  fact.min = to_string(kind.min);
  fact.max = to_string(kind.max);
}
void describe(AdvertisementInterval /*kind*/, KeyFact& fact) {
  fact.value = "Em duration";
}
void describe(UnicastAddress /*kind*/, KeyFact& fact) {
  fact.value = "Em address";
}
void describe(MovedAddress /*kind*/, KeyFact& fact) {
  fact.value = "Em address";
}
void describe(Port /*kind*/, KeyFact& fact) {
  fact.value = "Em port";
}
void describe(Name /*kind*/, KeyFact& fact) {
  fact.value = "Em name";
}
void describe(Percentage /*kind*/, KeyFact& fact) {
  fact.value = "Qq Em N Ns %";
}
void describe(Checks /*kind*/, KeyFact& fact) {
  fact.value = "Em check";
}
void describe(const Word& kind, KeyFact& fact) {
  fact.value = "Em string";
  fact.words = {kind.words.begin(), kind.words.end()};
}
template <typename E, std::size_t N, std::size_t L>
void describe(const Choice<E, N, L>& kind, KeyFact& fact) {
  for (const E word : kind.allowed) {
    fact.words.push_back(fields::name(word));
    fact.value += (fact.value.empty() ? "" : " | ") + quoted(fact.words.back());
  }
}
template <typename E>
void describe(NumberOf<E> /*kind*/, KeyFact& fact) {
  for (const auto& row : fields::kRows<E>) {
    fact.value += (fact.value.empty() ? "" : " | ") + std::to_string(static_cast<int>(row.value));
  }
}
void describe(const Octets& kind, KeyFact& fact) {
  fact.value = "Em string";
  fact.max = std::to_string(kind.longest);
}
void describe(const Text& kind, KeyFact& fact) {
  fact.value = "Em string";
  fact.max = std::to_string(kind.longest);
}

void describe_list(std::string_view of, KeyFact& fact) {
  fact.value = "[ " + std::string(of) + " , ... ]";
}
template <typename Each>
void describe(const ListOf<Each>& kind, KeyFact& fact) {
  KeyFact each;
  describe(kind.each, each);
  describe_list(each.value, fact);
  fact.min = std::to_string(kind.fewest);
  fact.max = std::to_string(kind.most);
}
void describe(Statuses /*kind*/, KeyFact& fact) {
  describe_list("Em status", fact);
  fact.min = std::to_string(Statuses::kMin);
  fact.max = std::to_string(Statuses::kMax);
}
void describe(const SchedulerFlags& kind, KeyFact& fact) {
  describe_list("Em flag", fact);
  fact.words = {kind.words.begin(), kind.words.end()};
}
void describe(Paths /*kind*/, KeyFact& fact) {
  describe_list("Em path", fact);
}
void describe(NodeAddresses /*kind*/, KeyFact& fact) {
  fact.value = "{ Em NODE No = Em address , No ... }";
}
void describe(Headers /*kind*/, KeyFact& fact) {
  fact.value = "{ Em name No = Em string , ... }";
  fact.max = std::to_string(Headers::kMost);
}
template <typename Kind>
void describe(const OfNoNode<Kind>& kind, KeyFact& fact) {
  describe(kind.kind, fact);
}
void describe(const TableAt& kind, KeyFact& fact) {
  fact.value = kind.path;
  fact.is_table = true;
}
void describe(const TablesAt& kind, KeyFact& fact) {
  describe(TableAt{kind.path}, fact);
}
void describe(const NamedTablesAt& kind, KeyFact& fact) {
  describe(TableAt{kind.path}, fact);
}

template <typename Row>
KeyFact fact_of(std::string_view table, const Row& row) {
  KeyFact fact{.table = table.empty() ? "file" : table, .key = row.name};
  describe(row.kind, fact);
  if constexpr (has_default_value<Row>()) {
    const DefaultValue value = row.has_default ? default_of(row) : DefaultValue();
    if (const auto* const text = std::get_if<std::string>(&value)) fact.default_text = *text;
    if (const auto* const number = std::get_if<std::uint64_t>(&value)) {
      fact.default_text = std::to_string(*number);
    }
    if (const auto* const flag = std::get_if<bool>(&value); flag && row.has_default) {
      fact.default_text = *flag ? "true" : "false";
    }
    if (const auto* const list = std::get_if<std::vector<std::string>>(&value)) {
      for (const std::string& element : *list) {
        fact.default_text += (fact.default_text.empty() ? "" : ", ") + quoted(element);
      }
      fact.default_text = "[" + fact.default_text + "]";
    }
  }
  return fact;
}

template <typename... Tables>
std::vector<KeyFact> facts_of() {
  std::vector<KeyFact> facts;
  const auto add = [&]<typename Table>(const Keys<Table>&) {
    std::apply(
        [&](const auto&... rows) { (facts.push_back(fact_of(Keys<Table>::path, rows)), ...); },
        kKeys<Table>);
  };
  (add(Keys<Tables>()), ...);
  return facts;
}

/// A table that is written in one line: `{ KEY = VALUE, ... }`. What follows a word that is
/// emphasised says so: No.
std::string inline_table(std::string_view path, const std::vector<KeyFact>& facts) {
  std::string text;
  bool is_emphasised = false;
  for (const KeyFact& fact : facts) {
    if (fact.table != path) continue;
    std::string value = fact.is_table           ? "Em table"
                        : fact.words.size() > 1 ? "Em string"
                                                : fact.value;
    if (value.starts_with("[")) value.replace(value.find(", ..."), 5, ", No ...");
    text += text.empty() ? "{ " : is_emphasised ? " , No " : ", ";
    text += std::string(fact.key) + " = " + value;
    is_emphasised = value.starts_with("Em");
  }
  return text + (is_emphasised ? " No }" : " }");
}

}  // namespace

std::vector<KeyFact> key_facts() {
  std::vector<KeyFact> facts =
      facts_of<Config, GlobalConfig, IpvsConfig, IpvsTimeouts, vrrp::Config, vrrp::InstanceConfig,
               vrrp::AnnouncementSchedule, vrrp::SyncGroupConfig, CheckTemplate, ServiceConfig,
               ipvs::Tunnel, RealServerConfig, SorryServer>();
  for (KeyFact& fact : facts) {
    if (fact.is_table) fact.value = inline_table(fact.value, facts);
  }
  return facts;
}

}  // namespace evenkeel::daemon
