#include "ingest/parcels.hpp"

#include <string_view>
#include <utility>

#include "normalize/cloud_event.hpp"
#include "support/ids.hpp"
#include "support/log.hpp"
#include "support/mask.hpp"
#include "verify/digest.hpp"

namespace chathook::ingest {
namespace {

// What the lines of a request's events may take: the share of each, and a multiple of the body.
constexpr std::size_t line_bytes_each = 4096;
constexpr std::size_t lines_per_body = 4;

class Packer {
public:
    Packer(const Source& source, const Request& request, const Verified& whole, std::size_t count)
        : source_(source),
          request_(request),
          whole_(whole),
          count_(count),
          digest_(verify::sha256(whole.body())) {
        parcel_.id = make_event_id(request.received);
        most_ = count * line_bytes_each + lines_per_body * whole.body().size();
    }

    // False: there is no room for its line.
    bool add(BodyReader::Part& part) {
        const std::string_view body = whole_.body();
        const std::string_view bytes = part.proved.body();
        const auto begin = static_cast<std::size_t>(bytes.data() - body.data());
        parcel_.envelope += body.substr(taken_, begin - taken_);
        taken_ = begin + bytes.size();
        return put(part.normalized, part.proved, false);
    }

    // The whole body beside its parts.
    bool add_rest() { return put({}, whole_, true); }

    std::unique_ptr<Several> finish() {
        parcel_.envelope += whole_.body().substr(taken_);
        auto several = std::make_unique<Several>();
        several->parcel = std::make_shared<const journal::Parcel>(std::move(parcel_));
        several->contacts = std::move(contacts_);
        return several;
    }

private:
    bool put(Normalized normalized, const Verified& proved, bool beside) {
        normalized.request.id = parcel_.id;
        normalized.request.index = parcel_.parts.size();
        normalized.request.count = count_;
        normalized.request.body_digest = {reinterpret_cast<const char*>(digest_.data()), digest_.size()};
        auto event =
            normalize::make_event(normalized, proved, source_.name, source_.vendor->definition().name,
                                  make_event_id(request_.received), request_.received);
        used_ += event->line_size();
        contacts_.push_back({log_email(normalized.contact.email), log_phone(normalized.contact.phone),
                             !proved.ambiguous_keys().empty()});
        journal::SinkSet sinks = source_.sinks_for(event->type);
        parcel_.parts.push_back({std::move(event), std::move(sinks), parcel_.envelope.size(), beside});
        return used_ <= most_;
    }

    const Source& source_;
    const Request& request_;
    const Verified& whole_;
    std::size_t count_;
    verify::Sha256 digest_;  // of the whole body
    std::size_t taken_ = 0;  // of the body
    std::size_t used_ = 0, most_ = 0;
    journal::Parcel parcel_;
    std::vector<Several::Contact> contacts_;
};

}  // namespace

std::unique_ptr<Several> several_of(const Source& source, const Request& request, const Verified& verified) {
    BodyReader::Parts parts = source.vendor->split(verified);
    const std::size_t count = parts.all.size() + (parts.leaves_a_rest ? 1 : 0);
    if (parts.all.empty() || count > journal::parcel_parts_max) return nullptr;
    Packer packer(source, request, verified, count);
    for (BodyReader::Part& part : parts.all) {
        if (!packer.add(part)) return nullptr;
    }
    if (parts.leaves_a_rest && !packer.add_rest()) return nullptr;
    return packer.finish();
}

}  // namespace chathook::ingest
