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
    EXPECT_EQ(decode_vrrp(std::span(bytes).first(size)),
              tl::make_unexpected(fields::BytesError::Truncated))
        << size;
  }
  auto longer = bytes;
  longer.push_back(std::byte{0});
  EXPECT_EQ(decode_vrrp(longer), tl::make_unexpected(fields::BytesError::TrailingBytes));
}

TEST(VrrpConfig, WhatDoesNotGoTogetherIsRefused) {
  const vrrp::Config good = accepted(kVrrpFile).config.vrrp;
  const std::vector<std::function<void(vrrp::Config&)>> changes = {
      [](auto& config) { config.instances[0].name = config.instances[1].name; },
      [](auto& config) { config.instances[0].virtual_addresses.clear(); },
      [](auto& config) { config.instances[0].unicast->peers.clear(); },
      [](auto& config) { config.instances[0].announcements.at.clear(); },
      [](auto& config) { config.instances[2].family = vrrp::Family::IPv4; },
      [](auto& config) {
        config.sync_groups[0].instances = {"six", "nobody"};
      }};
  for (const auto& change : changes) {
    vrrp::Config config = good;
    change(config);
    EXPECT_EQ(decode_vrrp(encode_vrrp(config)), tl::make_unexpected(fields::BytesError::BadValue));
  }
}

}  // namespace
}  // namespace evenkeel::daemon
