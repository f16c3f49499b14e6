// SPDX-License-Identifier: MIT
#include "bus_errors.h"

#include <string_view>

#include <convolve/filter.h>

namespace convolve::graph {

namespace {

std::string one_line(std::string text) {
  for (char& c : text) {
    if (c == '\n' || c == '\r') c = ' ';
  }
  while (!text.empty() && (text.back() == ' ' || text.back() == '.')) text.pop_back();
  return text;
}

// As users write it in a chain: GStreamer numbers the elements that it makes.
std::string word_for(GstObject* source) {
  GstElementFactory* factory =
      GST_IS_ELEMENT(source) ? gst_element_get_factory(GST_ELEMENT(source)) : nullptr;
  const Handle<gchar> name(gst_object_get_name(factory == nullptr ? source : GST_OBJECT(factory)));
  const std::string_view word(name.get());
  constexpr std::string_view kPrefix = "conv";
  const bool ours =
      word.starts_with(kPrefix) && find_filter(word.substr(kPrefix.size())) != nullptr;
  return std::string(ours ? word.substr(kPrefix.size()) : word);
}

}  // namespace

void BusErrors::attach(GstElement* pipeline) {
  bus_.reset(gst_element_get_bus(pipeline));
  gst_bus_set_sync_handler(bus_.get(), on_message, this, nullptr);
}

void BusErrors::detach() noexcept {
  if (bus_) gst_bus_set_sync_handler(bus_.get(), nullptr, nullptr, nullptr);
  bus_.reset();
}

void BusErrors::take_error(GstMessage* message) {
  GError* problem = nullptr;
  gchar* debug = nullptr;
  gst_message_parse_error(message, &problem, &debug);
  const Handle<GError> owner(problem);
  const Handle<gchar> debug_owner(debug);
  const std::string_view details = debug == nullptr ? "" : debug;
  const std::lock_guard lock(mutex_);
  if (failed_) return;
  if (details.find("not-negotiated") != std::string_view::npos) {
    reason_ = "its elements do not take frames of this format or size";
    text_ = what_ + ": " + reason_;
  } else {
    reason_ = one_line(problem->message);
    text_ = word_for(GST_MESSAGE_SRC(message)) + ": " + reason_;
  }
  if (problem->domain == GST_RESOURCE_ERROR) resource_error_ = problem->code;
  closed_ = resource_error_ == GST_RESOURCE_ERROR_NOT_FOUND;
  failed_ = true;
}

GstBusSyncReply BusErrors::on_message(GstBus* /*bus*/, GstMessage* message, gpointer self) {
  if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) {
    static_cast<BusErrors*>(self)->take_error(message);
  }
  gst_message_unref(message);
  return GST_BUS_DROP;
}

std::string BusErrors::text() const {
  const std::lock_guard lock(mutex_);
  return text_;
}

std::string BusErrors::reason() const {
  const std::lock_guard lock(mutex_);
  return reason_;
}

int BusErrors::resource_error() const {
  const std::lock_guard lock(mutex_);
  return resource_error_;
}

}  // namespace convolve::graph
