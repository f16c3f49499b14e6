// SPDX-License-Identifier: MIT
// Streams: what is sent is received by others, and what others send by us.
#include <chrono>
#include <cstdlib>
#include <memory>
#include <set>
#include <string>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "cli_fixture.h"

namespace convolve::test {
namespace {

constexpr int kStreamWidth = 320;
constexpr int kStreamHeight = 240;

// A port of 127.0.0.1 that nobody has now.
std::string free_port(int type) {
  const int socket = ::socket(AF_INET, type, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  EXPECT_EQ(bind(socket, reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size), 0);
  close(socket);
  return std::to_string(ntohs(address.sin_port));
}

// A server that takes connections and says nothing but what it is told to.
class SilentServer {
 public:
  SilentServer() : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(bind(socket_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    EXPECT_EQ(listen(socket_, 5), 0);
    port_ = std::to_string(ntohs(address.sin_port));
  }
  ~SilentServer() {
    if (client_ >= 0) close(client_);
    close(socket_);
  }
  SilentServer(const SilentServer&) = delete;
  SilentServer& operator=(const SilentServer&) = delete;

  [[nodiscard]] const std::string& port() const { return port_; }
  // Waits until somebody connects and says something.
  void await() {
    client_ = accept(socket_, nullptr, nullptr);
    char byte = 0;
    EXPECT_EQ(recv(client_, &byte, 1, 0), 1);
  }
  void say(const std::string& text) {
    EXPECT_EQ(send(client_, text.data(), text.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(text.size()));
  }

 private:
  int socket_;
  int client_ = -1;
  std::string port_;
};

class CliStream : public Cli {
 protected:
  static void SetUpTestSuite() {
    setenv("no_proxy", "127.0.0.1", 1);
    // Programs inherit it: they may be asked how far they are before they listen.
    std::signal(SIGUSR1, SIG_IGN);
  }

  [[nodiscard]] static bool have_ffmpeg() {
    return run({.words = {"sh", "-c", "command -v ffmpeg"}}).code == 0;
  }
  [[nodiscard]] Command ffmpeg(const Words& arguments) const {
    Words words{"ffmpeg", "-hide_banner", "-loglevel", "error", "-nostdin", "-y"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    return {.words = words, .directory = dir_.path()};
  }
  // Smpte bars of three seconds, and a tone.
  void make_clip(const std::string& name) const {
    const Result made = run(ffmpeg(
        {"-f", "lavfi", "-i", "smptebars=size=320x240:rate=20:duration=3", "-f", "lavfi", "-i",
         "sine=duration=3", "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac", name}));
    ASSERT_EQ(made.code, 0) << made.err;
  }
  // Sends until somebody listens, which takes the listener a moment.
  [[nodiscard]] Result send(const Words& arguments) const {
    Result result;
    for (int tries = 0; tries < 40; ++tries) {
      result = convolve(arguments);
      if (result.code != 4) break;
      usleep(250'000);
    }
    return result;
  }
  [[nodiscard]] std::string probe(const std::string& file) const {
    return convolve({"--probe", file}).out;
  }
  // Bars of colour: the first is light, the last but one is dark.
  [[nodiscard]] bool shows_bars(const std::string& file) const {
    const std::string y4m = convolve({file, "-o", "-", "-q"}).out;
    EXPECT_TRUE(y4m.starts_with("YUV4MPEG2 W320 H240 ")) << y4m.substr(0, 40);
    const std::string luma = y4m_samples(y4m, kStreamWidth * kStreamHeight);
    if (luma.size() < std::size_t{kStreamWidth * kStreamHeight}) return false;
    const auto at = [&luma](int x, int y) {
      return static_cast<unsigned char>(luma[static_cast<std::size_t>(y * kStreamWidth + x)]);
    };
    return at(20, 60) > 160 && at(300, 60) < 60;
  }
};

TEST_F(CliStream, WhatIsSentByUdpIsReceived) {
  const std::string address = "127.0.0.1:" + free_port(SOCK_DGRAM);
  const std::string url = "Udp://" + address;
  Process sender(
      command({"test:smpte?width=320&height=240&fps=20", "-o", "UDP://" + address, "-q"}));
  // With the sound that might be there by libav, without by GStreamer.
  for (const Words& more : {Words{"-y"}, Words{"-y", "--no-audio"}}) {
    Words words{url, "-o", "got.mkv", "-q", "--frames", "20"};
    words.insert(words.end(), more.begin(), more.end());
    const Result received = convolve(words);
    EXPECT_EQ(received.code, 0) << received.err;
    EXPECT_EQ(received.err, "");
    EXPECT_EQ(frames_of("got.mkv"), 20U);
    EXPECT_TRUE(shows_bars("got.mkv"));
  }
  sender.send(SIGINT);
  EXPECT_EQ(sender.wait(), 130) << sender.err();
}

TEST_F(CliStream, FilesAreSentWithTheirSoundAtTheirPace) {
  if (!have_ffmpeg()) GTEST_SKIP() << "skipped: no ffmpeg";
  make_clip("clip.mp4");
  const std::string port = free_port(SOCK_STREAM);
  const std::string udp_port = free_port(SOCK_DGRAM);
  struct Way {
    std::string url;
    Words receive;
  };
  const Way ways[] = {
      {"rtmp://127.0.0.1:" + port + "/live/x", {"-listen", "1"}},
      {"rtsp://127.0.0.1:" + port + "/x", {"-rtsp_flags", "listen"}},
      {"srt://127.0.0.1:" + udp_port, {}},
  };
  for (const Way& way : ways) {
    SCOPED_TRACE(way.url);
    Words words = way.receive;
    const bool srt = way.url.starts_with("srt");
    words.insert(words.end(), {"-i", srt ? way.url + "?mode=listener" : way.url, "-map", "0", "-c",
                               "copy", "got.mkv"});
    Process receiver(ffmpeg(words));
    const auto begin = std::chrono::steady_clock::now();
    const Result sent = send({"clip.mp4", "-o", way.url, "-q", "-f", "gaussian=1"});
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    ASSERT_EQ(sent.code, 0) << sent.err;
    EXPECT_GT(took.count(), 2.5) << "a clip of three seconds is not sent at its pace";
    EXPECT_EQ(receiver.wait(), 0) << receiver.err();
    EXPECT_NE(probe("got.mkv").find("h264"), std::string::npos) << probe("got.mkv");
    EXPECT_NE(probe("got.mkv").find("aac"), std::string::npos) << probe("got.mkv");
    EXPECT_EQ(frames_of("got.mkv"), 60U);
    EXPECT_TRUE(shows_bars("got.mkv"));
  }
}

TEST_F(CliStream, CamerasOfTheNetworkAreReceived) {
  const char* const program = std::getenv("CONVOLVE_RTSP_SERVER");
  if (program == nullptr) GTEST_SKIP() << "skipped: built without libgstrtspserver-1.0-dev";
  Process server({.words = {program}});
  for (int i = 0; i < 300 && server.out().find('\n') == std::string::npos; ++i) usleep(50'000);
  const std::string port = server.out().substr(0, server.out().find('\n'));
  ASSERT_FALSE(port.empty()) << server.err();
  const auto record = [&](const Words& more) {
    Words words{"rtsp://127.0.0.1:" + port + "/bars",
                "-o",
                "got.mkv",
                "-q",
                "-y",
                "-f",
                "gaussian=1",
                "--frames",
                "20"};
    words.insert(words.end(), more.begin(), more.end());
    // A busy machine loses packets; without those of its first picture, a stream begins grey.
    bool whole = false;
    for (int tries = 0; tries < 8 && !whole; ++tries) {
      const Result received = convolve(words);
      EXPECT_EQ(received.code, 0) << received.err;
      EXPECT_EQ(frames_of("got.mkv"), 20U);
      whole = shows_bars("got.mkv");
    }
    EXPECT_TRUE(whole);
    return probe("got.mkv").find("pcm_alaw") != std::string::npos;
  };
  EXPECT_TRUE(record({})) << probe("got.mkv");
  EXPECT_FALSE(record({"--no-audio"})) << probe("got.mkv");
  const Result refused = convolve({"rtsp://127.0.0.1:" + port + "/bars", "-o", "got.webm"});
  EXPECT_EQ(refused.code, 4);
  EXPECT_NE(refused.err.find("--no-audio"), std::string::npos) << refused.err;
}

TEST_F(CliStream, FilesOfAWebServerKeepTheirSound) {
  if (!have_ffmpeg()) GTEST_SKIP() << "skipped: no ffmpeg";
  make_clip("clip.mp4");
  // It says at which port it listens.
  Process server({.words = {"python3", "-u", "-m", "http.server", "--bind", "127.0.0.1", "0"},
                  .directory = dir_.path()});
  std::string port;
  for (int i = 0; i < 300 && port.empty(); ++i) {
    usleep(50'000);
    const std::string said = server.out();
    const std::size_t place = said.find(" port ");
    if (place != std::string::npos) port = std::to_string(std::atoi(said.c_str() + place + 6));
  }
  ASSERT_FALSE(port.empty()) << server.err();
  const std::string url = "http://127.0.0.1:" + port + "/";
  const Result received = convolve({url + "clip.mp4", "-o", "got.mkv", "-q", "-f", "sobel"});
  EXPECT_EQ(received.code, 0) << received.err;
  EXPECT_EQ(frames_of("got.mkv"), 60U);
  EXPECT_NE(probe("got.mkv").find("aac"), std::string::npos) << probe("got.mkv");
  expect_error({url + "nothing.mp4", "-o", "o.mkv"}, 3, "404");
}

TEST_F(CliStream, WhatCannotBeSentIsExplained) {
  // Some take so long to fail that progress would be told.
  const auto refuse = [this](const std::string& output, const std::string& why) {
    expect_error({"clip.y4m", "-o", output, "--progress", "none"}, 4, why);
  };
  const std::string closed = "127.0.0.1:" + free_port(SOCK_STREAM);
  refuse("rtmp://" + closed + "/live/x", "Connection refused");
  refuse("rtsp://" + closed + "/x", "/x: Connection refused");
  refuse("http://" + closed + "/x", "rtmp, srt, udp and rtsp");
  expect_error({"clip.y4m", "-o", "rtmp://" + closed + "/x", "--codec", "libvpx-vp9"}, 4,
               "rtmp cannot hold vp9 video");
  refuse("udp://127.0.0.1", "udp://127.0.0.1: no port\nwrite host");
  refuse("srt://[::1]", "srt://[::1]: no port\nwrite host");
  refuse("udp://127.0.0.1:70000", "'70000' is no port");
  refuse("udp://nobody.invalid:5000", "5000: nobody.invalid: ");
  refuse("rtmp://nobody.invalid/x", "/x: nobody.invalid: ");
  refuse("srt://127.0.0.1:" + free_port(SOCK_DGRAM), ": nobody answers at 127.0.0.1:");
  refuse("v4l2:/dev/video97", "No such file");
  refuse("v4l2:/dev/null", "is not a video device");
  refuse("/dev/video97", "v4l2loopback");
}

// libav reads what has sound and a place for it, GStreamer what has not.
TEST_F(CliStream, WhatCannotBeReceivedIsExplainedWithAndWithoutSound) {
  const std::string closed = "127.0.0.1:" + free_port(SOCK_STREAM);
  const auto refuse = [this](const std::string& input, const Words& more, const std::string& why) {
    Words words{input, "-o", "o.mkv", "--progress", "none"};
    words.insert(words.end(), more.begin(), more.end());
    expect_error(words, 3, "convolve: " + input + ": " + why + "\n");
  };
  refuse("rtsp://" + closed + "/x", {}, "Connection refused");
  refuse("rtsp://" + closed + "/x", {"--no-audio"}, "nobody answers at " + closed);
  const std::string unknown = "nobody.invalid: Name or service not known";
  refuse("rtsp://nobody.invalid/x", {}, unknown);
  refuse("rtsp://nobody.invalid/x", {"--no-audio"}, unknown);
  for (const char* scheme : {"udp", "rtmp", "rtp"}) {
    refuse(std::string(scheme) + "://nobody.invalid:5000", {"--no-audio"}, unknown);
  }
  for (const char* more : {"--no-audio", "--quiet"}) {
    refuse("rtp://127.0.0.1:1", {more},
           "'1' is no port that RTP can be received at\nit takes 2 to 65534");
  }
  const auto answered = [&](const std::string& answer, const std::string& why) {
    SilentServer server;
    const std::string url = "rtsp://127.0.0.1:" + server.port() + "/x";
    Process watching(command({url, "-o", "o.mkv", "--no-audio", "--quiet"}));
    server.await();
    server.say("RTSP/1.0 " + answer + "\r\nCSeq: 1\r\n\r\n");
    EXPECT_EQ(watching.wait(), 3);
    EXPECT_EQ(watching.err(), "convolve: " + url + ": " + why + "\n");
  };
  answered("404 Not Found", "the server has no such stream");
  answered("401 Unauthorized",
           "the server wants a user and a password\n"
           "write them before the host, as in rtsp://USER:PASSWORD@host/stream");
}

// An MP4 that is written as it comes has its index at the end.
TEST_F(CliStream, AnMp4WithItsIndexAtTheEndCannotBePiped) {
  write_file(dir_.file("long.y4m"), y4m(320, 240, 50));
  ASSERT_EQ(convolve({"long.y4m", "-o", "in.mp4", "-q", "--lossless"}).code, 0);
  ASSERT_GT(read_file(dir_.file("in.mp4")).size(), 200'000U);
  const Result result = run({.words = {"sh", "-c", "cat in.mp4 | " + program() + " - -o out.mp4"},
                             .directory = dir_.path()});
  EXPECT_EQ(result.code, 3);
  EXPECT_TRUE(
      result.err.starts_with("convolve: standard input: its index (moov atom) is at its end"))
      << result.err;
  EXPECT_EQ(lines(result.err), 2U) << result.err;
  EXPECT_FALSE(dir_.names().contains("out.mp4"));
}

TEST_F(CliStream, AServerThatSaysNothingIsNotWaitedForForEver) {
  SilentServer silent;
  Process waiting(
      command({"test:ball", "-o", "rtsp://127.0.0.1:" + silent.port() + "/x", "--quiet"}));
  SilentServer camera;
  const std::string input = "rtsp://127.0.0.1:" + camera.port() + "/x";
  Process watching(command({input, "-o", "o.mkv", "--quiet"}));
  for (const char* scheme : {"rtmp", "rtsp"}) {
    SilentServer server;
    const std::string url = std::string(scheme) + "://127.0.0.1:" + server.port() + "/live/x";
    Process stopped(command({"test:ball", "-o", url, "--progress", "none"}));
    server.await();
    stopped.send(SIGINT);
    EXPECT_EQ(stopped.wait(), 130) << stopped.err();
    EXPECT_NE(stopped.err().find("\nstopped after 0 frames"), std::string::npos) << stopped.err();
  }
  EXPECT_EQ(waiting.wait(), 4);
  EXPECT_NE(waiting.err().find("/x: the other side does not answer\n"), std::string::npos)
      << waiting.err();
  EXPECT_EQ(watching.wait(), 3);
  EXPECT_EQ(watching.err(), "convolve: " + input + ": gave no picture for 15 seconds\n");
}

TEST_F(CliStream, AReceiverThatStallsDoesNotHoldUpTheEnd) {
  if (!have_ffmpeg()) GTEST_SKIP() << "skipped: no ffmpeg";
  const std::string url = "rtmp://127.0.0.1:" + free_port(SOCK_STREAM) + "/live/x";
  Process receiver(ffmpeg({"-listen", "1", "-i", url, "-f", "null", "-"}));
  const Command sends = command({"test:snow", "-o", url, "--crf", "1", "--progress", "none"});
  auto sender = std::make_unique<Process>(sends);
  const auto frames_sent = [&] {
    sender->send(SIGUSR1);
    usleep(300'000);
    const std::string said = sender->err();
    const std::size_t line = said.rfind("convolve: ");
    return line == std::string::npos ? 0L : std::atol(said.c_str() + line + 10);
  };
  for (int tries = 0; tries < 200 && frames_sent() < 5; ++tries) {
    if (sender->ended()) sender = std::make_unique<Process>(sends);
  }
  receiver.send(SIGSTOP);
  long frames = -1;
  for (int tries = 0; tries < 200; ++tries) {
    const long now = frames_sent();
    if (now == frames) break;
    frames = now;
  }
  sender->send(SIGINT);
  EXPECT_EQ(sender->wait(), 130) << sender->err();
  EXPECT_NE(sender->err().find("\nstopped after "), std::string::npos) << sender->err();
}

TEST_F(CliStream, AJobThatIsStoppedBeforeItsFirstFrameIsStopped) {
  Process process(command(
      {"test:ball", "-o", "o.mkv", "-f", "gst:identity=drop-probability=1", "--progress", "none"}));
  for (int tries = 0; tries < 200 && process.err().empty(); ++tries) {
    process.send(SIGUSR1);
    usleep(100'000);
  }
  process.send(SIGTERM);
  EXPECT_EQ(process.wait(), 143) << process.err();
  EXPECT_EQ(dir_.names(), std::set<std::string>{"clip.y4m"});
}

TEST_F(CliStream, ThePrintedLineSendsToo) {
  const auto line = [this](const std::string& output) {
    return convolve({"clip.y4m", "-o", output, "-f", "sobel", "--print-gst"});
  };
  EXPECT_NE(line("udp://10.0.0.1:5000").out.find("udpsink host=10.0.0.1 port=5000"),
            std::string::npos);
  EXPECT_NE(line("udp://[::1]:5000?ttl=3").out.find("udpsink host=::1 port=5000"),
            std::string::npos);
  EXPECT_NE(line("rtmp://a/b/c").out.find("flvmux streamable=true ! rtmp2sink location=rtmp://a"),
            std::string::npos);
  EXPECT_NE(line("srt://a:1").out.find("mpegtsmux ! srtsink uri=srt://a:1"), std::string::npos);
}

}  // namespace
}  // namespace convolve::test
