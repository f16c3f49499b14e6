// SPDX-License-Identifier: MIT
#include <dlfcn.h>
#include <gst/gst.h>

#include <filesystem>
#include <mutex>
#include <string>
#include <system_error>

#include <convolve/graph.h>

#include "../media/av.h"
#include "gst_handles.h"

namespace convolve {

namespace {

// Where this library lies, which tells the build tree from an installation.
std::filesystem::path library_directory() {
  Dl_info info{};
  if (dladdr(reinterpret_cast<const void*>(&init_graph), &info) == 0) return {};
  std::error_code error;
  return std::filesystem::canonical(info.dli_fname, error).parent_path();
}

void add_plugin() {
  const std::filesystem::path here = library_directory();
  for (const std::filesystem::path& place :
       {here / ".." / ".." / "plugins", here / "gstreamer-1.0",
        std::filesystem::path(CONVOLVE_PLUGIN_DIR)}) {
    std::error_code error;
    const auto file = std::filesystem::canonical(place / "libgstconvolve.so", error);
    if (error) continue;
    // The one beside this library counts, also where an older one is registered.
    GError* problem = nullptr;
    const graph::Handle<GstPlugin> plugin(gst_plugin_load_file(file.c_str(), &problem));
    const graph::Handle<GError> owner(problem);
    if (plugin) return;
  }
}

}  // namespace

void init_graph() {
  static std::once_flag once;
  std::call_once(once, [] {
    GError* problem = nullptr;
    const bool started = gst_init_check(nullptr, nullptr, &problem) != FALSE;
    const graph::Handle<GError> owner(problem);
    if (!started) {
      media::fail(MediaError::Kind::running, "GStreamer",
                  problem == nullptr ? "could not be started" : problem->message);
    }
    add_plugin();
  });
}

void exit_graph() noexcept {
  if (gst_is_initialized()) gst_deinit();
}

}  // namespace convolve
