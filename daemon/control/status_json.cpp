#include "daemon/control/status_json.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "daemon/control/protocol.h"
#include "daemon/control/text_answer.h"
#include "daemon/fields/json_out.h"

namespace evenkeel::daemon {

namespace {

/// The text around the objects, in lines or in a document. Both have the same services in a piece.
struct Frame {
  std::string_view head;           ///< before the snapshot's members
  std::string_view instances_end;  ///< behind the last instance
  std::string_view first_services, next_services, services_end;
};
constexpr Frame kLines{R"({"ok":true)", "],\"more\":true}\n", kServicesPrefix, kServicesPrefix,
                       "],\"more\":true}\n"};
constexpr Frame kDocument{"{", R"(],"services":[)", "\n", ",\n", ""};

class StatusJson : public Answer {
 public:
  StatusJson(std::shared_ptr<const Snapshot> snapshot, bool with_statistics, bool is_document,
             int exit_code)
      : snapshot_(std::move(snapshot)),
        with_statistics_(with_statistics),
        is_document_(is_document),
        frame_(is_document ? kDocument : kLines),
        exit_code_(exit_code) {}

  bool append_next(std::string& out) override {
    const std::size_t start = out.size();
    while (step_ != Step::Over && out.size() - start < kChunk) append_step(out);
    return out.size() != start;
  }

 private:
  enum class Step { Head, Instance, Service, Server, End, Over };

  std::shared_ptr<const Snapshot> snapshot_;
  bool with_statistics_;
  bool is_document_;
  Frame frame_;
  int exit_code_;
  Step step_ = Step::Head;
  std::size_t instance_ = 0;
  std::size_t service_ = 0;
  std::size_t server_ = 0;
  bool has_services_ = false;
  std::size_t line_ = 0;  ///< octets of the service line that is being written; 0 = none is

  void append_step(std::string& out) {
    switch (step_) {
      case Step::Head:
        out += frame_.head;
        fields::append_members(out, *snapshot_);
        fields::append_key(out, "instances");
        out += '[';
        step_ = Step::Instance;
        break;
      case Step::Instance:
        if (instance_ < snapshot_->instances.size()) {
          if (instance_ != 0) out += ',';
          fields::append_json(out, snapshot_->instances[instance_++]);
        } else {
          out += frame_.instances_end;
          step_ = snapshot_->services.empty() ? Step::End : Step::Service;
        }
        break;
      case Step::Service:
        begin_service(out);
        break;
      case Step::Server:
        if (server_ < service().real_servers.size()) {
          const std::size_t start = out.size();
          if (server_ != 0) out += ',';
          append_server(out, service().real_servers[server_]);
          line_ += out.size() - start;
          ++server_;
        } else {
          end_service(out);
        }
        break;
      case Step::End:
        out += is_document_ ? document_end(exit_code_) : end_line(exit_code_);
        step_ = Step::Over;
        break;
      case Step::Over:
        break;
    }
  }

  void begin_service(std::string& out) {
    if (line_ == 0) {
      out += has_services_ ? frame_.next_services : frame_.first_services;
      line_ = kServicesPrefix.size();
      has_services_ = true;
    } else {
      out += ',';
      ++line_;
    }
    const std::size_t start = out.size();
    out += '{';
    fields::append_members(out, service());
    append_statistics(out, service().statistics);
    fields::append_key(out, "real_servers");
    out += '[';
    line_ += out.size() - start;
    server_ = 0;
    step_ = Step::Server;
  }

  void append_server(std::string& out, const RealServerSnapshot& server) const {
    out += '{';
    fields::append_members(out, server);
    append_statistics(out, server.counters.statistics);
    out += '}';
  }

  void append_statistics(std::string& out, const ipvs::Statistics& statistics) const {
    if (with_statistics_) fields::append_member(out, "statistics", statistics);
  }

  void end_service(std::string& out) {
    out += "]}";
    ++service_;
    const bool is_last = service_ == snapshot_->services.size();
    if (is_last || line_ >= kChunk) {
      out += frame_.services_end;
      line_ = 0;
    }
    step_ = is_last ? Step::End : Step::Service;
  }

  [[nodiscard]] const ServiceSnapshot& service() const { return snapshot_->services[service_]; }
};

}  // namespace

std::unique_ptr<Answer> status_json_answer(std::shared_ptr<const Snapshot> snapshot,
                                           const StatusRequest& request, int exit_code,
                                           bool is_document) {
  StatusJson json(std::move(snapshot), shows_statistics(request.view), is_document, exit_code);
  if (is_document) return std::make_unique<TextAnswer<StatusJson>>(std::move(json), exit_code);
  return std::make_unique<StatusJson>(std::move(json));
}

}  // namespace evenkeel::daemon
