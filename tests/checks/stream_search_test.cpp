#include "checks/stream_search.h"

#include <gtest/gtest.h>
#include <random>
#include <string>

namespace evenkeel::checks {
namespace {

using State = StreamSearch::State;

TEST(StreamSearch, FindsTextThatIsCutAnywhere) {
  const std::string stream = "aaab-needle-c";
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    StreamSearch search("needle", 100);
    search.add(stream.substr(0, cut));
    EXPECT_EQ(search.add(stream.substr(cut)), State::Found) << cut;
  }
}

TEST(StreamSearch, NothingIsFoundAtOnce) {
  EXPECT_EQ(StreamSearch("", 0).state(), State::Found);
}

TEST(StreamSearch, TheLimitIsExact) {
  StreamSearch fits("cd", 4);
  EXPECT_EQ(fits.add("abcd"), State::Found);

  StreamSearch over("de", 4);
  EXPECT_EQ(over.add("abcde"), State::LimitReached);
  EXPECT_EQ(over.searched(), 4U);
  EXPECT_EQ(over.add("de"), State::LimitReached);

  StreamSearch full("x", 4);
  EXPECT_EQ(full.add("abcd"), State::Searching);  // all that may be searched, but no more came
  EXPECT_EQ(full.add(""), State::Searching);
  EXPECT_EQ(full.add("x"), State::LimitReached);

  StreamSearch none("x", 0);
  EXPECT_EQ(none.add("x"), State::LimitReached);
}

TEST(StreamSearch, AgreesWithFindForRandomStreamsPiecesAndLimits) {
  std::mt19937 random(5);
  for (int round = 0; round < 20'000; ++round) {
    std::string stream;
    for (std::size_t i = random() % 12; i > 0; --i) stream += static_cast<char>('a' + random() % 2);
    std::string text;
    for (std::size_t i = 1 + random() % 4; i > 0; --i)
      text += static_cast<char>('a' + random() % 2);
    const std::size_t limit = random() % 14;

    StreamSearch search(text, limit);
    for (std::size_t at = 0; at < stream.size();) {
      const std::size_t size = 1 + random() % 4;
      search.add(std::string_view(stream).substr(at, size));
      at += size;
    }
    State expected = State::Searching;
    if (stream.substr(0, limit).find(text) != std::string::npos) {
      expected = State::Found;
    } else if (stream.size() > limit) {
      expected = State::LimitReached;
    }
    ASSERT_EQ(search.state(), expected) << stream << " " << text << " " << limit;
  }
}

}  // namespace
}  // namespace evenkeel::checks
