// SPDX-License-Identifier: MIT
/// \file
/// The preview window: a job's frames as they are filtered, and keys that change the filters.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include <convolve/preview_window.h>
#include <convolve/transcode.h>

#include "chain_editor.h"
#include "keys.h"
#include "overlay.h"

namespace convolve::cli {

/// Shows what a job filters. Files are read as fast as they are to be seen; live sources are not
/// held up. Pausing, bypass and the split change what is seen, never what is written; parameters
/// change both.
class Preview : public FrameMonitor {
 public:
  /// \param say  takes lines for the person
  /// \throws MediaError where there is no display
  Preview(const TranscodeOptions& job, std::function<void(const std::string&)> say);
  ~Preview() override;
  Preview(const Preview&) = delete;
  Preview& operator=(const Preview&) = delete;

  /// Lets keys act on a job, while this lives. The job must live longer.
  class Session {
   public:
    Session(Preview* preview, Transcoder& job);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

   private:
    Preview* preview_;
  };

  bool before(const VideoFrame& frame) override;
  void after(const VideoFrame& frame) override;
  bool at_end() override;

  /// A line that stays in the corner.
  void set_stats(const std::string& text);

 private:
  using Clock = std::chrono::steady_clock;
  struct Act {
    KeyAction action;
    void (Preview::*act)();
  };
  static const Act kActs[];

  void attach(Transcoder& job);
  void detach();
  void run_keys();
  void act_on(const WindowEvent& event);
  void tell(const std::string& line, const std::string& detail = {});
  void take_change(const std::optional<ChainChange>& change);
  void refilter();
  void render();
  [[nodiscard]] Overlay overlay_now() const;
  [[nodiscard]] VideoFrame picture();
  [[nodiscard]] bool over() const;
  [[nodiscard]] bool holds() const { return paused_ || ended_; }
  bool wait_for_turn(std::unique_lock<std::mutex>& lock, const VideoFrame& frame);
  void seek_by(double seconds);

  void toggle_pause();
  void one_step();
  void seek_back() { seek_by(-5); }
  void seek_forward() { seek_by(5); }
  void select_filter();
  void increase() { take_change(editor_.step(1)); }
  void decrease() { take_change(editor_.step(-1)); }
  void previous_parameter();
  void next_parameter();
  void toggle_bypass();
  void toggle_split();
  void next_kernel();
  void save_picture();
  void print_chain();
  void toggle_keys();
  void quit();

  const TranscodeOptions job_options_;
  const std::function<void(const std::string&)> say_;
  const bool live_;
  const bool records_;
  Transcoder* job_ = nullptr;
  ChainEditor editor_;  // of the thread of keys

  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::deque<WindowEvent> events_;
  std::deque<VideoFrame> sources_;           // that were pushed and did not come out yet
  VideoFrame source_;                        // of the frame that is seen
  VideoFrame filtered_;                      // the frame that is seen
  std::optional<double> sought_;             // the place, in seconds, that no frame came from yet
  std::optional<Clock::time_point> anchor_;  // when the frame at anchor_seconds_ was due
  double anchor_seconds_ = 0;
  int steps_ = 0;               // frames that may pass while paused
  int skipped_ = 0;             // frames that came too late, one after the other
  double skipped_seconds_ = 0;  // where the last of them lies
  bool paused_ = false;
  bool ended_ = false;
  bool bypass_ = false;
  bool split_ = false;
  bool keys_shown_ = false;
  bool quitting_ = false;
  double split_at_ = 0.5;
  std::string line_;
  std::string detail_;
  std::string stats_;
  Clock::time_point told_{};
  bool fading_ = false;

  std::mutex render_mutex_;  // taken before mutex_
  FrameConverter convert_after_;
  FrameConverter convert_before_;
  std::thread keys_;
  PreviewWindow window_;  // last: its threads call back
};

}  // namespace convolve::cli
