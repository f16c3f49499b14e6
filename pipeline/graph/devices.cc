// SPDX-License-Identifier: MIT
#include <cstdlib>
#include <memory>

#include <convolve/graph.h>
#include <convolve/live.h>

#include "camera_mode.h"

namespace convolve {

namespace {

struct FreeDevices {
  void operator()(GList* devices) const noexcept { g_list_free_full(devices, gst_object_unref); }
};

// What the device's own element is told: the path, where it is a video device of the kernel.
std::string input_of(GstDevice* device) {
  GstStructure* properties = gst_device_get_properties(device);
  if (properties == nullptr) return {};
  const char* path = gst_structure_get_string(properties, "device.path");
  if (path == nullptr) path = gst_structure_get_string(properties, "api.v4l2.path");
  std::string result = path == nullptr ? "" : path;
  gst_structure_free(properties);
  return result;
}

}  // namespace

std::vector<Device> list_devices() {
  init_graph();
  std::vector<Device> devices;
  GstDeviceMonitor* monitor = gst_device_monitor_new();
  gst_device_monitor_add_filter(monitor, "Video/Source", nullptr);
  const std::unique_ptr<GList, FreeDevices> found(gst_device_monitor_get_devices(monitor));
  for (const GList* item = found.get(); item != nullptr; item = item->next) {
    auto* device = GST_DEVICE(item->data);
    Device row;
    row.input = input_of(device);
    if (row.input.empty()) continue;
    const graph::Handle<gchar> name(gst_device_get_display_name(device));
    row.name = name.get();
    if (const graph::Handle<GstCaps> caps{gst_device_get_caps(device)}) {
      row.modes = graph::modes_of(caps.get());
    }
    devices.push_back(std::move(row));
  }
  gst_object_unref(monitor);
  const char* display = std::getenv("DISPLAY");
  if (display != nullptr && *display != '\0') {
    devices.push_back({"screen", std::string("X11 display ") + display, {}});
  }
  return devices;
}

}  // namespace convolve
