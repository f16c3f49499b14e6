// SPDX-License-Identifier: MIT
#include <filesystem>
#include <stdexcept>
#include <string>
#include <system_error>

#include <unistd.h>

#include "bench_contender.h"
#include "bench_gst.h"

namespace convolve::bench {

namespace {

// What `gst-launch-1.0` does with the line, to its end.
void launch(const std::string& line) {
  GError* error = nullptr;
  const Pointer<GstElement> pipeline(gst_parse_launch(line.c_str(), &error));
  if (error != nullptr) {
    const std::string why = error->message;
    g_error_free(error);
    throw std::runtime_error(why);
  }
  gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
  const Pointer<GstBus> bus(gst_element_get_bus(pipeline.get()));
  const Pointer<GstMessage> message(
      gst_bus_timed_pop_filtered(bus.get(), GST_CLOCK_TIME_NONE,
                                 static_cast<GstMessageType>(GST_MESSAGE_EOS | GST_MESSAGE_ERROR)));
  gst_element_set_state(pipeline.get(), GST_STATE_NULL);
  if (GST_MESSAGE_TYPE(message.get()) != GST_MESSAGE_EOS)
    throw std::runtime_error("failed: " + line);
}

// A file of kClipFrames frames of H.264, removed at exit.
class Clip {
 public:
  explicit Clip(const Size& size)
      : path_((std::filesystem::temp_directory_path() /
               ("convolve-bench-" + std::to_string(getpid()) + ".mp4"))
                  .string()) {
    launch("videotestsrc horizontal-speed=4 num-buffers=" + std::to_string(kClipFrames) +
           " ! video/x-raw,format=I420,framerate=25/1,width=" + std::to_string(size.width) +
           ",height=" + std::to_string(size.height) +
           " ! x264enc speed-preset=veryfast ! mp4mux ! filesink location=" + path_);
  }
  Clip(const Clip&) = delete;
  Clip& operator=(const Clip&) = delete;
  ~Clip() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
};

// With a queue in front, as README advises: the decoder goes on while a frame is filtered.
std::string element_text(const Work& work) {
  if (work.filter.empty()) return {};
  std::string text = " ! queue ! conv" + work.filter;
  for (const auto& [name, value] : work.values) text += " " + name + "=\"" + value + "\"";
  return text;
}

}  // namespace

Job pipeline_job(const Work& work, const Setting& setting) {
  load_plugin();
  static const Clip clip(setting.size);
  return [line = "filesrc location=" + clip.path() + " ! decodebin" + element_text(work) +
                 " ! fakesink sync=false"] { launch(line); };
}

}  // namespace convolve::bench
