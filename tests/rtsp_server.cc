// SPDX-License-Identifier: MIT
// A camera of the network for tests: bars and a tone by RTSP, at a port that it prints.
#include <gst/rtsp-server/rtsp-server.h>

#include <cstdio>

namespace {

constexpr const char* kStreams =
    "( videotestsrc is-live=true pattern=smpte ! "
    "video/x-raw,format=I420,width=320,height=240,framerate=20/1 ! "
    "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=20 ! rtph264pay name=pay0 "
    "audiotestsrc is-live=true ! audio/x-raw,rate=8000,channels=1 ! alawenc ! rtppcmapay "
    "name=pay1 )";

}  // namespace

int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  GstRTSPServer* const server = gst_rtsp_server_new();
  gst_rtsp_server_set_address(server, "127.0.0.1");
  gst_rtsp_server_set_service(server, "0");
  GstRTSPMediaFactory* const factory = gst_rtsp_media_factory_new();
  gst_rtsp_media_factory_set_launch(factory, kStreams);
  GstRTSPMountPoints* const mounts = gst_rtsp_server_get_mount_points(server);
  gst_rtsp_mount_points_add_factory(mounts, "/bars", factory);
  g_object_unref(mounts);
  if (gst_rtsp_server_attach(server, nullptr) == 0) return 1;
  std::printf("%d\n", gst_rtsp_server_get_bound_port(server));
  std::fflush(stdout);
  g_main_loop_run(g_main_loop_new(nullptr, FALSE));
}
