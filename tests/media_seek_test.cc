// SPDX-License-Identifier: MIT
// Reading from a time on: exact to the frame, whatever the file knows of its key frames.
#include <convolve/media.h>

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <unistd.h>

#include "clip_maker.h"

namespace {

using convolve::ConstFrameView;
using convolve::MediaReader;
using convolve::VideoFrame;

constexpr int kFrames = 100;  // 25 a second
constexpr int kSkipped = 50;

std::string luma(const VideoFrame& frame) {
  const ConstFrameView view = frame.view();
  std::string samples;
  for (int y = 0; y < view.height; ++y) {
    const auto* row = view.plane[0].data + y * view.plane[0].stride;
    samples.append(reinterpret_cast<const char*>(row), static_cast<std::size_t>(view.width));
  }
  return samples;
}

std::vector<std::string> frames_of(const std::string& input, std::optional<double> start) {
  convolve::ReadOptions options;
  options.start = start;
  MediaReader reader(input, options);
  std::vector<std::string> frames;
  while (const VideoFrame frame = reader.read()) frames.push_back(luma(frame));
  return frames;
}

void expect_last_frames(const std::vector<std::string>& part,
                        const std::vector<std::string>& whole) {
  ASSERT_EQ(whole.size(), static_cast<std::size_t>(kFrames));
  ASSERT_EQ(part.size(), static_cast<std::size_t>(kFrames - kSkipped));
  for (std::size_t i = 0; i < part.size(); ++i) EXPECT_TRUE(part[i] == whole[i + kSkipped]) << i;
}

// A file at standard input, of this process.
class Pipe {
 public:
  explicit Pipe(const std::string& path) : standard_input_(::dup(STDIN_FILENO)) {
    int ends[2] = {-1, -1};
    EXPECT_EQ(::pipe(ends), 0);
    EXPECT_EQ(::dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    ::close(ends[0]);
    feeder_ = std::thread([bytes = read_text(path), out = ends[1]] {
      for (std::size_t sent = 0; sent < bytes.size();) {
        const ssize_t count = ::write(out, bytes.data() + sent, bytes.size() - sent);
        if (count <= 0) break;
        sent += static_cast<std::size_t>(count);
      }
      ::close(out);
    });
  }
  ~Pipe() {
    feeder_.join();
    ::dup2(standard_input_, STDIN_FILENO);
    ::close(standard_input_);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

 private:
  int standard_input_;
  std::thread feeder_;
};

class Beginning : public testing::TestWithParam<const char*> {
 protected:
  // Its only key frame is the first.
  void SetUp() override {
    path_ = folder_ / (std::string("in.") + GetParam());
    Clip clip{.path = path_, .frames = kFrames, .b_frames = 2, .key_frame_every = 1000};
    // A bare stream's rate is that of its encoder's clock.
    if (path_.ends_with("h264")) clip.time_base_den = 25;
    make_clip(clip);
  }

  const Folder folder_;
  std::string path_;
};

TEST_P(Beginning, IsExactToTheFrame) {
  expect_last_frames(frames_of(path_, 2), frames_of(path_, {}));
}

// Where a transport stream is entered, no frame can be decoded before the next key frame, which may
// lie beyond the end that is wanted.
TEST(Beginning, OfAPartBetweenTwoKeyFramesIsFound) {
  const Folder folder;
  Clip clip{.path = folder / "in.ts", .frames = kFrames, .key_frame_every = kSkipped};
  make_clip(clip);
  const std::vector<std::string> whole = frames_of(clip.path, {});
  convolve::ReadOptions options;
  options.start = 1.6;
  options.end = 1.8;
  MediaReader reader(clip.path, options);
  for (std::size_t i = 40; i < 45; ++i) {
    const VideoFrame frame = reader.read();
    ASSERT_TRUE(frame);
    EXPECT_TRUE(luma(frame) == whole[i]) << i;
  }
  EXPECT_FALSE(reader.read());
}

class Seeking : public Beginning {};

TEST_P(Seeking, FindsAFrame) {
  const std::vector<std::string> whole = frames_of(path_, {});
  MediaReader reader(path_);
  for (int i = 0; i < 5; ++i) (void)reader.read();
  ASSERT_TRUE(reader.seek(2));
  // Where a clip's times begin, containers differ.
  const VideoFrame frame = reader.read();
  ASSERT_TRUE(frame);
  const std::string samples = luma(frame);
  EXPECT_TRUE(samples == whole[kSkipped - 3] || samples == whole[kSkipped - 2] ||
              samples == whole[kSkipped - 1] || samples == whole[kSkipped]);
}

class BeginningInAPipe : public Beginning {};

TEST_P(BeginningInAPipe, IsExactToTheFrame) {
  const std::vector<std::string> whole = frames_of(path_, {});
  const Pipe pipe(path_);
  expect_last_frames(frames_of("-", 2), whole);
}

INSTANTIATE_TEST_SUITE_P(Containers, Beginning, testing::Values("mkv", "mp4", "ts", "flv", "h264"));
// Bare streams have no times to seek by.
INSTANTIATE_TEST_SUITE_P(Containers, Seeking, testing::Values("mkv", "mp4", "ts", "flv"));
// An MP4's index is at its end.
INSTANTIATE_TEST_SUITE_P(Containers, BeginningInAPipe, testing::Values("mkv", "ts", "flv", "h264"));

}  // namespace
