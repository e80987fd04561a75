#include "daemon/ctl/help.h"

#include <array>
#include <gtest/gtest.h>

namespace evenkeel::ctl {
namespace {

using daemon::CommandOption;
using daemon::CommandWords;

constexpr std::array<CommandOption, 6> kOptions{{
    {.name = "all-of-it", .help = "everything", .field = "view", .value = "all"},
    {.name = "half", .help = "half of it", .field = "view", .value = "half"},
    {.name = "every",
     .argument = "[SECONDS]",
     .help = "again and again",
     .use = CommandOption::Use::Watch},
    {.name = "node", .argument = "NAME", .field = "node"},  // not shown
    daemon::socket_option(),
    daemon::help_option(),
}};
constexpr CommandWords kMany{.name = "look",
                             .summary = "see",
                             .argument = {"THING", "things"},
                             .help = "Looks.",
                             .options = kOptions,
                             .exit_status = "0 seen."};

constexpr std::array<CommandOption, 1> kOne{
    {{.name = "force", .help = "anyhow", .field = "force"}}};
constexpr CommandWords kFew{.name = "do",
                            .summary = "work",
                            .argument = {"FILE", "file", false},
                            .help = "Does.",
                            .options = kOne,
                            .exit_status = "0 done."};

TEST(Help, HasALineForEachOptionThatIsShown) {
  EXPECT_EQ(help_of(kMany),
            "usage: evenkeel look [THING...] [OPTION...]\n"
            "Looks.\n\n"
            "  --all-of-it          everything\n"
            "  --half               half of it\n"
            "  --every [SECONDS]    again and again\n"
            "  --socket PATH        the daemon's control socket\n"
            "  --help               print this\n\n"
            "Exit status: 0 seen.\n");
}

TEST(Help, ASingleOptionIsInTheUsage) {
  EXPECT_EQ(help_of(kFew),
            "usage: evenkeel do [FILE] [--force]\nDoes.\n\n  --force    anyhow\n\n"
            "Exit status: 0 done.\n");
}

TEST(Help, SubcommandsAreALineEach) {
  EXPECT_EQ(summaries({&kMany, &kFew}), "  look      see\n  do        work\n");
}

TEST(Help, TheSynopsisHasTheAlternatives) {
  EXPECT_EQ(manual_synopsis({&kMany, &kFew}),
            ".br\n.B evenkeel look\n.RI [ THING ...]\n.RB [ \\-\\-all\\-of\\-it | \\-\\-half ]\n"
            ".RB [ \\-\\-every\n.RI [ SECONDS ]]\n.RB [ \\-\\-node\n.IR NAME ]\n"
            ".br\n.B evenkeel do\n.RI [ FILE ]\n.RB [ \\-\\-force ]\n");
}

}  // namespace
}  // namespace evenkeel::ctl
