// The program itself, against a server of the same build.
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "tests/daemon/control/control_harness.h"
#include "tests/daemon/control/sample_snapshot.h"

namespace evenkeel::daemon {
namespace {

using nlohmann::json;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

struct Ending {
  int code = -1;
  std::string out;
  std::string err;
};

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// By a shell, so that its words are quoted for one.
Ending evenkeel(const std::string& words, const std::string& program = EVENKEEL_PROGRAM) {
  const TemporaryDirectory directory;
  const std::string errors = directory.path() + "/stderr";
  FILE* const pipe = ::popen((program + " " + words + " 2>" + errors).c_str(), "r");
  if (pipe == nullptr) return {};
  Ending run;
  std::string buffer(65536, '\0');
  for (std::size_t n = 0; (n = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
    run.out.append(buffer, 0, n);
  }
  const int status = ::pclose(pipe);
  run.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  run.err = read_file(errors);
  return run;
}

TEST(Evenkeel, HelpAndVersion) {
  EXPECT_EQ(evenkeel("--help").code, 0);
  EXPECT_THAT(evenkeel("--help").out, HasSubstr("status"));
  EXPECT_THAT(evenkeel("--version").out, StartsWith("evenkeel 0."));
  for (const std::string name :
       {"status", "vrrp", "explain", "reload", "failover", "resume", "check"}) {
    const Ending run = evenkeel(name + " --help");
    EXPECT_EQ(run.code, 0);
    EXPECT_THAT(run.out, StartsWith("usage: evenkeel " + name));
  }
}

TEST(Evenkeel, HelpAndVersionAreFoundByWhoeverLooks) {
  const std::string help = evenkeel("--help").out;
  EXPECT_EQ(evenkeel("-h").out, help);
  EXPECT_EQ(evenkeel("help").out, help);
  EXPECT_EQ(evenkeel("version").out, evenkeel("--version").out);
  const std::string status = evenkeel("status --help").out;
  EXPECT_EQ(evenkeel("help status").out, status);
  EXPECT_EQ(evenkeel("status -h").out, status);
  EXPECT_EQ(evenkeel("help status").code, 0);
  EXPECT_EQ(evenkeel("help help").out, help);
  EXPECT_EQ(evenkeel("help version").code, 0);
}

TEST(Evenkeel, AWrongCommandLineIsExitTwo) {
  EXPECT_EQ(evenkeel("").code, 2);
  const Ending typo = evenkeel("staus");
  EXPECT_EQ(typo.code, 2);
  EXPECT_EQ(typo.err,
            "evenkeel: unknown subcommand \"staus\": did you mean \"status\"?\n"
            "Try \"evenkeel --help\".\n");
  EXPECT_THAT(evenkeel("status --frobnicate").err, EndsWith("Try \"evenkeel status --help\".\n"));
  EXPECT_THAT(evenkeel("-x").err, EndsWith("Try \"evenkeel --help\".\n"));
  EXPECT_THAT(evenkeel("help staus").err, HasSubstr("did you mean \"status\"?"));
  EXPECT_EQ(evenkeel("status --frobnicate").code, 2);
  EXPECT_THAT(evenkeel("status --frobnicate").err, StartsWith("evenkeel status: "));
  EXPECT_EQ(evenkeel("status --watch=0").code, 2);
  EXPECT_THAT(evenkeel("status --watch 0").err, HasSubstr("--watch takes seconds"));
  EXPECT_EQ(evenkeel("reload now").code, 2);
  EXPECT_EQ(evenkeel("vrrp --stats").code, 2);
  EXPECT_EQ(evenkeel("failover --force").code, 2);
  EXPECT_EQ(evenkeel("resume --force").code, 2);
}

TEST(Evenkeel, WithoutADaemonItSaysWhichAndWhy) {
  const Ending status = evenkeel("--socket /nonexistent/control.sock status");
  EXPECT_EQ(status.code, 2);
  EXPECT_EQ(status.out, "");
  EXPECT_EQ(
      status.err,
      "evenkeel: no daemon at /nonexistent/control.sock: there is no such socket; is evenkeeld "
      "running?\n");
  EXPECT_EQ(evenkeel("reload --socket /nonexistent/control.sock").code, 1);
  EXPECT_EQ(evenkeel("vrrp --socket /nonexistent/control.sock").code, 2);
  EXPECT_EQ(evenkeel("failover --socket /nonexistent/control.sock").code, 1);
  EXPECT_EQ(evenkeel("resume --socket /nonexistent/control.sock").code, 1);

  const TemporaryDirectory directory;
  const std::string left = directory.path() + "/left.sock";
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, left.data(), left.size());
  ASSERT_EQ(::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  ::close(descriptor);
  EXPECT_THAT(evenkeel("status --socket " + left).err, HasSubstr("nobody listens there"));
}

TEST(Evenkeel, StatusIsTextWithTheServersExitCode) {
  RunningServer server;
  const Ending run = evenkeel("status --socket " + server.path());
  EXPECT_EQ(run.code, 1) << run.err;
  EXPECT_THAT(run.out, StartsWith("evenkeel 0.1.0 on lb1   configuration 7c1e4f"));
  EXPECT_THAT(run.out,
              HasSubstr("down 12m    connect timeout (3 of 3), since 2023-11-14 22:01:20 UTC\n"));
  EXPECT_EQ(run.out.find('\x1b'), std::string::npos);  // no terminal, no colours

  auto snapshot = std::make_shared<Snapshot>(healthy_snapshot());
  snapshot->kernel = KernelState::Missing;
  server.commands.state = snapshot;
  EXPECT_EQ(evenkeel("status --socket " + server.path("status.sock")).code, 2);
}

TEST(Evenkeel, StatusShowsWhatIsAskedFor) {
  RunningServer server;
  const std::string socket = " --socket " + server.path();
  EXPECT_THAT(evenkeel("status --stats" + socket).out, HasSubstr("Conns   InPkts"));
  EXPECT_THAT(evenkeel("status --rate --exact" + socket).out, HasSubstr("CPS    InPPS"));
  EXPECT_THAT(evenkeel("status --rate --stats" + socket).out, HasSubstr("Conns   InPkts"));
  EXPECT_THAT(evenkeel("status --thresholds" + socket).out, HasSubstr("Uthreshold"));
  EXPECT_THAT(evenkeel("status --persistent-conn" + socket).out, HasSubstr("PersistConn"));
  EXPECT_THAT(evenkeel("status web 'tcp 192.0.2.10:80'" + socket).out, StartsWith("Prot Local"));
  const Ending unknown = evenkeel("status wbe" + socket);
  EXPECT_EQ(unknown.code, 2);
  EXPECT_EQ(unknown.err, "evenkeel: no virtual service and no real server is called \"wbe\"\n");
}

TEST(Evenkeel, JsonIsOneDocument) {
  RunningServer server;
  server.commands.state = large_snapshot(120, 10);
  const Ending run = evenkeel("status --json --stats --socket " + server.path());
  EXPECT_EQ(run.code, 0);
  const json document = json::parse(run.out, nullptr, false);
  ASSERT_TRUE(document.is_object());
  EXPECT_EQ(document["node_name"], "lb1");
  EXPECT_EQ(document["services"].size(), 120U);
  EXPECT_EQ(document["services"][119]["real_servers"].size(), 10U);
  EXPECT_TRUE(document["services"][0].contains("statistics"));
  EXPECT_EQ(document["exit_code"], 0);
  EXPECT_FALSE(document.contains("more"));

  auto empty = std::make_shared<Snapshot>(healthy_snapshot());
  empty->services.clear();
  server.commands.state = empty;
  EXPECT_EQ(json::parse(evenkeel("status --json --socket " + server.path()).out)["services"],
            json::array());
}

TEST(Evenkeel, ALargeStatusComesWhole) {
  RunningServer server;
  server.commands.state = large_snapshot(1000, 10);
  const Ending run = evenkeel("status --socket " + server.path());
  EXPECT_EQ(run.code, 0);
  EXPECT_EQ(std::count(run.out.begin(), run.out.end(), '\n'), 1000 * 11 + 4);
}

TEST(Evenkeel, WatchRepeats) {
  RunningServer server;
  const Ending run = evenkeel("status --watch 1 --socket " + server.path() + " | head -n 9",
                              "timeout 10 " EVENKEEL_PROGRAM);
  EXPECT_EQ(run.code, 0);
  EXPECT_EQ(std::count(run.out.begin(), run.out.end(), '\n'), 9);
  EXPECT_NE(run.out.rfind("evenkeel 0.1.0 on lb1"), 0U);  // its head came again
}

TEST(Evenkeel, WatchEndsWhenTheFirstAnswerIsARefusal) {
  const std::string program = "timeout 10 " EVENKEEL_PROGRAM;
  const Ending away = evenkeel("status --watch --socket /nonexistent/control.sock", program);
  EXPECT_EQ(away.code, 2);
  EXPECT_THAT(away.err, HasSubstr("no daemon at"));
  RunningServer server;
  const Ending unknown = evenkeel("status --watch abc --socket " + server.path(), program);
  EXPECT_EQ(unknown.code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("no virtual service and no real server is called \"abc\""));
}

/// Of an emulated terminal, by script(1).
TEST(Evenkeel, WatchRedrawsATerminalWithoutClearingItFirst) {
  RunningServer server;
  const Ending run =
      evenkeel("status --watch 1 --socket " + server.path() + "' /dev/null | head -c 1200",
               "timeout 3 script -qec 'env TERM=xterm " EVENKEEL_PROGRAM);
  EXPECT_THAT(run.out, StartsWith("\x1b[H\x1b[Kevenkeel 0.1.0"));
  EXPECT_THAT(run.out, HasSubstr("\r\n\x1b[KProt"));
  EXPECT_THAT(run.out, HasSubstr("\x1b[J\x1b[H"));
  EXPECT_EQ(run.out.find("\x1b[2J"), std::string::npos);
}

TEST(Evenkeel, ReloadSaysWhatWasDone) {
  RunningServer server;
  const std::string socket = " --socket " + server.path();
  server.commands.result.message = "1 change: weight of 192.0.2.21:80";
  server.commands.result.diagnostics = {{"a.toml", 3, 1, Severity::Warning, "odd"}};
  const Ending done = evenkeel("reload --force" + socket);
  EXPECT_EQ(done.code, 0);
  EXPECT_EQ(done.out, "1 change: weight of 192.0.2.21:80\n");
  EXPECT_EQ(done.err, "a.toml:3:1: warning: odd\n");
  EXPECT_TRUE(server.commands.was_forced);
  const Ending quiet = evenkeel("reload --quiet" + socket);
  EXPECT_EQ(quiet.code, 0);
  EXPECT_EQ(quiet.out + quiet.err, "");
  // evenkeel() sends the errors to a file: a closed descriptor or a full device comes after that.
  for (const std::string lost : {" 2>/dev/full", " 2>&-"}) {
    const Ending unheard =
        evenkeel("reload" + socket, "sh -c '" EVENKEEL_PROGRAM " \"$@\"" + lost + "' sh");
    EXPECT_EQ(unheard.code, 0) << lost;
    EXPECT_EQ(unheard.out, "1 change: weight of 192.0.2.21:80\n") << lost;
  }

  server.commands.result.is_complete = false;
  EXPECT_EQ(evenkeel("reload" + socket).code, 1);

  server.commands.result = {};
  server.commands.result.outcome = ReloadOutcome::BadConfiguration;
  server.commands.result.message = "1 error: nothing was changed";
  server.commands.result.diagnostics = {{"a.toml", 3, 1, Severity::Error, "bad"}};
  const Ending bad = evenkeel("reload" + socket);
  EXPECT_EQ(bad.code, 2);
  EXPECT_EQ(bad.out, "");
  EXPECT_EQ(bad.err, "a.toml:3:1: error: bad\nevenkeel: reload: 1 error: nothing was changed\n");

  server.commands.result.outcome = ReloadOutcome::TooManyRemovals;
  server.commands.result.diagnostics.clear();
  EXPECT_EQ(evenkeel("reload" + socket).code, 1);
  EXPECT_EQ(evenkeel("reload --socket " + server.path("status.sock")).code, 1);
}

std::shared_ptr<const Snapshot> pair_of_instances() {
  auto snapshot = std::make_shared<Snapshot>(healthy_snapshot());
  snapshot->instances = {master_instance(), failed_instance()};
  snapshot->instances[1].config.name = "inside";
  return snapshot;
}

TEST(Evenkeel, VrrpIsTextOrJson) {
  RunningServer server;
  server.commands.state = pair_of_instances();
  const std::string socket = " --socket " + server.path("status.sock");
  const Ending text = evenkeel("vrrp" + socket);
  EXPECT_EQ(text.code, 2) << text.err;
  EXPECT_THAT(text.out, StartsWith("web   MASTER since 12d "));
  EXPECT_THAT(text.out, HasSubstr("\n\ninside   INITIALIZE since 12d "));
  EXPECT_EQ(evenkeel("vrrp web" + socket).code, 0);

  const Ending run = evenkeel("vrrp web --json" + socket);
  EXPECT_EQ(run.code, 0);
  const json document = json::parse(run.out, nullptr, false);
  ASSERT_TRUE(document.is_object()) << run.out;
  EXPECT_EQ(document["node_name"], "lb1");
  EXPECT_EQ(document["instances"].size(), 1U);
  EXPECT_EQ(document["exit_code"], 0);
  EXPECT_FALSE(document.contains("more"));

  for (const std::string words : {"vrrp wbe", "vrrp --json wbe"}) {
    const Ending unknown = evenkeel(words + socket);
    EXPECT_EQ(unknown.code, 2);
    EXPECT_EQ(unknown.out, "");
    EXPECT_EQ(unknown.err, "evenkeel: no instance is called \"wbe\"\n");
  }
}

TEST(Evenkeel, StatusHasTheInstances) {
  RunningServer server;
  server.commands.state = pair_of_instances();
  const std::string socket = " --socket " + server.path();
  const Ending run = evenkeel("status" + socket);
  EXPECT_EQ(run.code, 2);
  EXPECT_THAT(run.out, HasSubstr("INITIALIZE interface is missing"));
  EXPECT_EQ(evenkeel("status web" + socket).code, 1);  // of the service of this name
  EXPECT_EQ(json::parse(evenkeel("status --json" + socket).out)["instances"].size(), 2U);
}

TEST(Evenkeel, HelpAndVersionDoNothingElseInAnyOrder) {
  RunningServer server;
  server.commands.state = pair_of_instances();
  server.commands.instance_result.outcomes = {{"web", vrrp::FailoverOutcome::HandedOver}};
  const std::string socket = "--socket " + server.path();
  const std::string posix = "POSIXLY_CORRECT=1 " EVENKEEL_PROGRAM;
  for (const std::string wish : {"--help", "--version"}) {
    for (const std::string& words :
         {socket + " " + wish + " failover web", socket + " failover " + wish + " web",
          socket + " failover web " + wish, "failover web " + socket + " " + wish,
          wish + " failover " + socket, socket + " reload --force " + wish}) {
      for (const std::string& program : {std::string(EVENKEEL_PROGRAM), posix}) {
        const Ending run = evenkeel(words, program);
        EXPECT_EQ(run.code, 0) << words << run.err;
        EXPECT_THAT(run.out, StartsWith(wish == "--help" ? "usage: evenkeel" : "evenkeel 0."));
      }
    }
  }
  EXPECT_EQ(server.commands.failovers, 0);
  EXPECT_EQ(server.commands.reloads, 0);
}

TEST(Evenkeel, FailoverSaysWhatCameOfIt) {
  RunningServer server;
  server.commands.state = pair_of_instances();
  const std::string socket = " --socket " + server.path();
  auto& result = server.commands.instance_result;
  result.outcomes = {{"web", vrrp::FailoverOutcome::HandedOver}};
  const Ending done = evenkeel("failover web" + socket);
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_EQ(done.out,
            "web: handed over\n"
            "web does not preempt until `evenkeel resume`, or until the peer fails\n");
  EXPECT_EQ(server.commands.instances, std::vector<std::string>{"web"});
  EXPECT_EQ(evenkeel("failover --json" + socket).out,
            "{\"instances\":[{\"name\":\"web\",\"outcome\":\"handed_over\"}],\"exit_code\":0}\n");

  result.outcomes = {{"web", vrrp::FailoverOutcome::NobodyAnswered},
                     {"inside", vrrp::FailoverOutcome::NotMaster}};
  const Ending failed = evenkeel("failover web inside" + socket);
  EXPECT_EQ(failed.code, 1);
  EXPECT_EQ(failed.out, "web: no peer answered, still master\ninside: not master here\n");
  EXPECT_EQ(evenkeel("failover --json web inside" + socket).code, 1);

  result.outcomes.clear();
  const Ending nobody = evenkeel("failover" + socket);
  EXPECT_EQ(nobody.code, 1);
  EXPECT_EQ(nobody.out, "");
  EXPECT_EQ(nobody.err, "evenkeel: no instance is master on this node\n");

  const Ending unknown = evenkeel("failover wbe" + socket);
  EXPECT_EQ(unknown.code, 1);
  EXPECT_EQ(unknown.err, "evenkeel: failover: no instance is called \"wbe\"\n");
  EXPECT_EQ(evenkeel("failover --socket " + server.path("status.sock")).code, 1);
}

TEST(Evenkeel, FailoverOfSeveralSpeaksOfThem) {
  RunningServer server;
  server.commands.state = pair_of_instances();
  server.commands.instance_result.outcomes = {{"inside", vrrp::FailoverOutcome::HandedOver},
                                              {"web", vrrp::FailoverOutcome::HandedOver}};
  EXPECT_EQ(evenkeel("failover --socket " + server.path()).out,
            "inside: handed over\n"
            "web: handed over\n"
            "they do not preempt until `evenkeel resume`, or until the peer fails\n");
}

TEST(Evenkeel, ResumeSaysWhatIsNotHeldAnyMore) {
  RunningServer server;
  server.commands.state = pair_of_instances();
  const std::string socket = " --socket " + server.path();
  const Ending done = evenkeel("resume" + socket);
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_EQ(done.out, "web: was not held\ninside: was not held\n");
  auto held = std::make_shared<Snapshot>(*pair_of_instances());
  for (InstanceSnapshot& each : held->instances) each.status.is_held = true;
  server.commands.state = held;
  EXPECT_EQ(evenkeel("resume" + socket).out, "web: not held any more\ninside: not held any more\n");
  server.commands.instance_result.refusal = "the vrrp process is away";
  const Ending refused = evenkeel("resume web" + socket);
  EXPECT_EQ(refused.code, 1);
  EXPECT_EQ(refused.err, "evenkeel: resume: the vrrp process is away\n");
  server.commands.instance_result.refusal.clear();
  server.commands.state = std::make_shared<const Snapshot>(healthy_snapshot());
  EXPECT_EQ(evenkeel("resume" + socket).err, "evenkeel: there is no instance on this node\n");
}

TEST(Evenkeel, ADaemonThatHangsUpIsNoAnswer) {
  const TemporaryDirectory directory;
  const std::string path = directory.path() + "/control.sock";
  const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  ASSERT_EQ(::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  ASSERT_EQ(::listen(listener, 5), 0);
  const auto answer_with = [&](const std::string& bytes, const std::string& words = "status") {
    std::thread server([&] {
      const int client = ::accept(listener, nullptr, nullptr);
      std::string request(4096, '\0');
      EXPECT_GT(::recv(client, request.data(), request.size(), 0), 0);
      ::send(client, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      ::close(client);
    });
    const Ending run = evenkeel(words + " --socket " + path);
    server.join();
    return run;
  };
  EXPECT_EQ(answer_with("").code, 2);
  const Ending cut = answer_with("{\"ok\":true,\"bytes\":100,\"more\":true}\nhalf");
  EXPECT_EQ(cut.code, 2);
  EXPECT_EQ(cut.out, "") << "half an answer is none";
  EXPECT_THAT(cut.err, HasSubstr("hung up before its answer ended"));
  EXPECT_THAT(answer_with("garbage\n").err, HasSubstr("makes no sense"));

  // A daemon of before there was one form of answers for all commands.
  const Ending older = answer_with(
      "{\"ok\":false,\"error\":{\"code\":\"bad_field\",\"message\":\"unknown field "
      "\\\"format\\\"\"},"
      "\"more\":false}\n",
      "failover");
  EXPECT_EQ(older.code, 1);
  EXPECT_EQ(older.err,
            "evenkeel: failover: unknown field \"format\"; is the daemon of another version?\n");
  ::close(listener);
}

TEST(Evenkeel, CheckIsTheDaemonsOwn) {
  const TemporaryDirectory directory;
  const std::string program = directory.path() + "/evenkeel";
  std::filesystem::copy(EVENKEEL_PROGRAM, program);
  const std::string daemon = directory.path() + "/evenkeeld";
  std::ofstream(daemon) << "#!/bin/sh\nprintf '%s\\n' \"$@\"\nexit 2\n";
  ::chmod(daemon.c_str(), 0755);
  const Ending run = evenkeel("check 'a b.toml' --node lb2", program);
  EXPECT_EQ(run.code, 2);
  EXPECT_EQ(run.out, "--check=a b.toml\n--node=lb2\n");
  EXPECT_EQ(evenkeel("check", program).out, "--check\n");
  EXPECT_EQ(evenkeel("check a b", program).code, 2);
}

}  // namespace
}  // namespace evenkeel::daemon
