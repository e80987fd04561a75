#include "daemon/config/key_facts.h"

#include "daemon/config/all_keys.h"
#include "daemon/config/key_defaults.h"

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
void describe_choice(std::string_view word, KeyFact& fact) {
  fact.words.push_back(word);
  fact.value += (fact.value.empty() ? "" : " | ") + quoted(word);
}
void describe(const CheckType& kind, KeyFact& fact) {
  for (const std::string_view word : kind.words) describe_choice(word, fact);
}
template <typename E, std::size_t N, std::size_t L>
void describe(const Choice<E, N, L>& kind, KeyFact& fact) {
  for (const E word : kind.allowed) describe_choice(fields::name(word), fact);
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

std::string text_of_default(bool value) {
  return value ? "true" : "false";
}
std::string text_of_default(std::uint64_t value) {
  return std::to_string(value);
}
std::string text_of_default(const std::string& value) {
  return value;
}
std::string text_of_default(const std::vector<std::string>& value) {
  std::string text;
  for (const std::string& element : value) text += (text.empty() ? "" : ", ") + quoted(element);
  return "[" + text + "]";
}

template <typename Table>
void add_facts(std::vector<KeyFact>& facts) {
  const std::string_view table = Keys<Table>::path.empty() ? "file" : Keys<Table>::path;
  for_each_key<Table>([&](const auto& row) {
    KeyFact& fact = facts.emplace_back(KeyFact{.table = table, .key = row.name});
    describe(row.kind, fact);
    if (const auto value = text_of_key(row).default_value) {
      fact.default_text =
          std::visit([](const auto& held) { return text_of_default(held); }, *value);
    }
  });
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
  std::vector<KeyFact> facts;
  for_each_table([&]<typename Table>(std::type_identity<Table>) { add_facts<Table>(facts); });
  for (KeyFact& fact : facts) {
    if (fact.is_table) fact.value = inline_table(fact.value, facts);
  }
  return facts;
}

}  // namespace evenkeel::daemon
