// The vrrp process's part: what is written is read back.
#include "daemon/config/vrrp_config.h"

#include "tests/daemon/config/parsing.h"
#include "tests/daemon/config/vrrp_file.h"

namespace evenkeel::daemon {
namespace {

TEST(VrrpConfig, WhatIsWrittenIsReadBack) {
  const vrrp::Config config = accepted(kVrrpFile).config.vrrp;
  ASSERT_EQ(config.instances.size(), 3U);
  EXPECT_EQ(decode_vrrp(encode_vrrp(config)), config);
  EXPECT_EQ(decode_vrrp(encode_vrrp({})), vrrp::Config());
}

TEST(VrrpConfig, EveryTruncationIsNamed) {
  const auto bytes = encode_vrrp(accepted(kVrrpFile).config.vrrp);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto cut = decode_vrrp(std::span(bytes).first(size));
    ASSERT_FALSE(cut) << size;
    EXPECT_EQ(cut.error(), "truncated") << size;
  }
  auto longer = bytes;
  longer.push_back(std::byte{0});
  EXPECT_EQ(decode_vrrp(longer).error(), "trailing bytes");
}

TEST(VrrpConfig, WhatDoesNotGoTogetherIsRefused) {
  const vrrp::Config good = accepted(kVrrpFile).config.vrrp;
  const std::vector<std::pair<std::function<void(vrrp::Config&)>, std::string>> changes = {
      {[](auto& config) { config.instances[0].name = config.instances[1].name; },
       "instance old: an instance \"old\" is there already"},
      {[](auto& config) { config.instances[0].virtual_addresses.clear(); },
       "instance web: \"virtual_addresses\" must have at least one address"},
      {[](auto& config) { config.instances[0].unicast->peers.clear(); },
       "instance web: \"unicast\" names no other node"},
      {[](auto& config) { config.instances[0].announcements.at.clear(); },
       "instance web: \"at\" must have"},
      {[](auto& config) { config.instances[2].family = vrrp::Family::IPv4; }, "instance six: "},
      {[](auto& config) {
         config.sync_groups[0].instances = {"six", "nobody"};
       },
       "sync group both: there is no instance \"nobody\""}};
  for (const auto& [change, sentence] : changes) {
    vrrp::Config config = good;
    change(config);
    const auto decoded = decode_vrrp(encode_vrrp(config));
    ASSERT_FALSE(decoded) << sentence;
    EXPECT_NE(decoded.error().find(sentence), std::string::npos) << decoded.error();
  }
}

}  // namespace
}  // namespace evenkeel::daemon
