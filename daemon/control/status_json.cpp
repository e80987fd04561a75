#include "daemon/control/status_json.h"

#include <cstddef>
#include <string>
#include <utility>

#include "daemon/control/instance_json.h"
#include "daemon/control/status_json_fields.h"

namespace evenkeel::daemon {

namespace {

class StatusJsonAnswer : public Answer {
 public:
  StatusJsonAnswer(std::shared_ptr<const Snapshot> snapshot, bool with_statistics, int exit_code)
      : snapshot_(std::move(snapshot)), with_statistics_(with_statistics), exit_code_(exit_code) {}

  bool append_next(std::string& out) override {
    const std::size_t start = out.size();
    while (step_ != Step::Over && out.size() - start < kChunk) append_step(out);
    return out.size() != start;
  }

 private:
  enum class Step { Head, Instance, Service, Server, End, Over };

  std::shared_ptr<const Snapshot> snapshot_;
  bool with_statistics_;
  int exit_code_;
  Step step_ = Step::Head;
  std::size_t instance_ = 0;
  std::size_t service_ = 0;
  std::size_t server_ = 0;
  std::size_t line_ = 0;  ///< octets of the service line that is being written; 0 = none is

  void append_step(std::string& out) {
    switch (step_) {
      case Step::Head:
        append_json_head_begin(out, *snapshot_);
        step_ = Step::Instance;
        break;
      case Step::Instance:
        if (instance_ < snapshot_->instances.size()) {
          if (instance_ != 0) out += ',';
          append_json_instance(out, snapshot_->instances[instance_++]);
        } else {
          out += kInstancesSuffix;
          out += '\n';
          step_ = snapshot_->services.empty() ? Step::End : Step::Service;
        }
        break;
      case Step::Service: {
        const std::size_t start = out.size();
        out += line_ == 0 ? kServicesPrefix : std::string_view(",");
        append_json_service_begin(out, service(), with_statistics_);
        line_ += out.size() - start;
        server_ = 0;
        step_ = Step::Server;
        break;
      }
      case Step::Server:
        if (server_ < service().real_servers.size()) {
          const std::size_t start = out.size();
          if (server_ != 0) out += ',';
          append_json_server(out, service().real_servers[server_], with_statistics_);
          line_ += out.size() - start;
          ++server_;
        } else {
          end_service(out);
        }
        break;
      case Step::End:
        out += end_line(exit_code_);
        step_ = Step::Over;
        break;
      case Step::Over:
        break;
    }
  }

  void end_service(std::string& out) {
    out += "]}";
    ++service_;
    const bool is_last = service_ == snapshot_->services.size();
    if (is_last || line_ >= kChunk) {
      out += kServicesSuffix;
      out += '\n';
      line_ = 0;
    }
    step_ = is_last ? Step::End : Step::Service;
  }

  [[nodiscard]] const ServiceSnapshot& service() const { return snapshot_->services[service_]; }
};

}  // namespace

std::unique_ptr<Answer> status_json_answer(std::shared_ptr<const Snapshot> snapshot,
                                           const StatusRequest& request, int exit_code) {
  return std::make_unique<StatusJsonAnswer>(std::move(snapshot), shows_statistics(request.view),
                                            exit_code);
}

}  // namespace evenkeel::daemon
