// SPDX-License-Identifier: MIT
#include "preview.h"

#include <algorithm>
#include <cmath>

#include <convolve/graph.h>
#include <convolve/live.h>

#include "interrupts.h"

namespace convolve::cli {

namespace {

using namespace std::chrono_literals;

constexpr auto kLook = 50ms;  // how soon a signal is heard
constexpr auto kShown = 2s;   // then the line fades
constexpr auto kFading = 1s;
constexpr std::size_t kMostSources = 64;  // frames that filters over time hold back
constexpr int kLeastWidth = 480;          // narrower pictures are shown larger
constexpr int kMostSkipped = 4;           // of a file that is filtered slower than it plays

const PixelFormat& screen_format() { return *find_format("BGRx"); }

}  // namespace

Preview::Preview(const TranscodeOptions& job, std::function<void(const std::string&)> say)
    : job_options_(job),
      say_(std::move(say)),
      live_(is_live_input(job.input)),
      records_(job.output != "null:"),
      editor_(job.chain),
      window_("convolve", [this](const WindowEvent& event) {
        const std::lock_guard lock(mutex_);
        events_.push_back(event);
        changed_.notify_all();
      }) {
  tell(editor_.shown(), "h shows the keys");
}

Preview::~Preview() { detach(); }

Preview::Session::Session(Preview* preview, Transcoder& job) : preview_(preview) {
  if (preview_ != nullptr) preview_->attach(job);
}

Preview::Session::~Session() {
  if (preview_ != nullptr) preview_->detach();
}

void Preview::attach(Transcoder& job) {
  job_ = &job;
  keys_ = std::thread(&Preview::run_keys, this);
}

void Preview::detach() {
  {
    const std::lock_guard lock(mutex_);
    quitting_ = true;
    changed_.notify_all();
  }
  if (keys_.joinable()) keys_.join();
}

bool Preview::over() const { return quitting_ || Interrupts::signal() != 0 || window_.closed(); }

// Waits until a file's frame is to be seen. False where it comes too late to be worth filtering.
bool Preview::wait_for_turn(std::unique_lock<std::mutex>& lock, const VideoFrame& frame) {
  while (!over() && !job_->seeking()) {
    if (holds()) {
      anchor_.reset();
      if (steps_ > 0) {
        --steps_;
        return true;
      }
      changed_.wait_for(lock, kLook);
      continue;
    }
    const Clock::time_point now = Clock::now();
    if (!anchor_) {
      anchor_ = now;
      anchor_seconds_ = frame.seconds();
    }
    const auto offset = std::chrono::duration_cast<Clock::duration>(
        std::chrono::duration<double>(frame.seconds() - anchor_seconds_));
    const Clock::time_point due = *anchor_ + offset;
    if (due <= now) {
      if (records_ || now - due < 100ms) return true;
      if (++skipped_ <= kMostSkipped) {
        skipped_seconds_ = frame.seconds();
        return false;
      }
      // Far behind: it plays slower than it should, rather than in leaps.
      anchor_.reset();
      return true;
    }
    changed_.wait_until(lock, std::min<Clock::time_point>(due, now + kLook));
  }
  return true;
}

bool Preview::before(const VideoFrame& frame) {
  std::unique_lock lock(mutex_);
  if (!live_ && !wait_for_turn(lock, frame)) return false;
  skipped_ = 0;
  if (sources_.size() >= kMostSources) sources_.pop_front();
  sources_.push_back(frame.share());
  return true;
}

void Preview::after(const VideoFrame& frame) {
  {
    const std::lock_guard lock(mutex_);
    VideoFrame source;
    while (!sources_.empty() && sources_.front().seconds() <= frame.seconds()) {
      source = std::move(sources_.front());
      sources_.pop_front();
    }
    // A live source goes on while the picture stands still.
    if (live_ && paused_) {
      if (steps_ == 0) return;
      --steps_;
    }
    if (source) source_ = std::move(source);
    filtered_ = frame.share();
    if (!job_->seeking()) sought_.reset();
  }
  render();
}

bool Preview::at_end() {
  std::unique_lock lock(mutex_);
  if (live_ || records_) return false;
  // The last frame is what stays to be seen, however late it came.
  if (skipped_ > 0 && !over() && !job_->seeking()) {
    skipped_ = 0;
    anchor_.reset();
    constexpr double kBefore = 1e-3;  // so that rounding does not lose it
    job_->seek(std::max(0.0, skipped_seconds_ - kBefore));
    return true;
  }
  ended_ = true;
  if (!job_->seeking()) sought_.reset();
  while (!over() && !job_->seeking()) changed_.wait_for(lock, kLook);
  ended_ = false;
  return !over();
}

void Preview::run_keys() {
  std::unique_lock lock(mutex_);
  while (!quitting_) {
    if (events_.empty()) changed_.wait_for(lock, kLook);
    if (window_.closed()) {
      lock.unlock();
      quit();
      return;
    }
    const bool fading = fading_ && Clock::now() > told_ + kShown;
    const bool still = holds();
    std::optional<WindowEvent> event;
    if (!events_.empty()) {
      event = std::move(events_.front());
      events_.pop_front();
    }
    lock.unlock();
    try {
      if (event) act_on(*event);
      // While frames come, each one draws the line anew.
      if (event || (fading && still)) render();
    } catch (const std::exception& error) {
      tell(error.what());
    }
    lock.lock();
  }
}

const Preview::Act Preview::kActs[] = {
    {KeyAction::pause, &Preview::toggle_pause},
    {KeyAction::step, &Preview::one_step},
    {KeyAction::seek_back, &Preview::seek_back},
    {KeyAction::seek_forward, &Preview::seek_forward},
    {KeyAction::next_filter, &Preview::select_filter},
    {KeyAction::increase, &Preview::increase},
    {KeyAction::decrease, &Preview::decrease},
    {KeyAction::previous_parameter, &Preview::previous_parameter},
    {KeyAction::next_parameter, &Preview::next_parameter},
    {KeyAction::bypass, &Preview::toggle_bypass},
    {KeyAction::split, &Preview::toggle_split},
    {KeyAction::next_kernel, &Preview::next_kernel},
    {KeyAction::save_picture, &Preview::save_picture},
    {KeyAction::print_chain, &Preview::print_chain},
    {KeyAction::help, &Preview::toggle_keys},
    {KeyAction::quit, &Preview::quit},
};

void Preview::act_on(const WindowEvent& event) {
  if (event.kind == WindowEvent::Kind::pointer) {
    const std::lock_guard lock(mutex_);
    if (!filtered_) return;
    const int scale = std::max(1, kLeastWidth / filtered_.width());
    split_at_ = std::clamp(event.x / (filtered_.width() * scale), 0.0, 1.0);
    return;
  }
  const Key* const key = find_key(event.key);
  if (key == nullptr) return;
  for (const Act& row : kActs) {
    if (row.action == key->action) (this->*row.act)();
  }
}

void Preview::tell(const std::string& line, const std::string& detail) {
  const std::lock_guard lock(mutex_);
  line_ = line;
  detail_ = detail;
  told_ = Clock::now();
  fading_ = true;
}

void Preview::set_stats(const std::string& text) {
  const std::lock_guard lock(mutex_);
  stats_ = text;
}

// The value acts on frames that come; the one that stands still is filtered again.
void Preview::take_change(const std::optional<ChainChange>& change) {
  if (!change) {
    tell(editor_.shown(), "goes no further");
    return;
  }
  job_->set_value(change->filter, change->name, change->text);
  tell(editor_.shown(), std::string(editor_.help()));
  refilter();
}

void Preview::refilter() {
  VideoFrame source;
  {
    const std::lock_guard lock(mutex_);
    if (!holds() || !source_) return;
    source = source_.share();
  }
  Graph graph(editor_.chain(), job_options_.threads);
  graph.push(std::move(source));
  graph.end();
  VideoFrame result = graph.pull();
  if (!result) return;
  const std::lock_guard lock(mutex_);
  filtered_ = std::move(result);
}

VideoFrame Preview::picture() {
  const std::lock_guard lock(mutex_);
  const VideoFrame& shown = bypass_ && source_ ? source_ : filtered_;
  return shown ? shown.share() : VideoFrame();
}

Overlay Preview::overlay_now() const {
  Overlay overlay;
  const auto age = Clock::now() - told_;
  const double fade =
      std::chrono::duration<double>(age - kShown) / std::chrono::duration<double>(kFading);
  overlay.opacity = std::clamp(1 - fade, 0.0, 1.0);
  overlay.line = line_;
  overlay.detail = detail_;
  overlay.stats = stats_;
  overlay.keys = keys_shown_;
  if (paused_) overlay.marks.emplace_back("paused");
  if (ended_) overlay.marks.emplace_back("end");
  if (bypass_) overlay.marks.emplace_back("before");
  if (split_ && !bypass_) overlay.split = split_at_;
  return overlay;
}

void Preview::render() {
  const std::lock_guard rendering(render_mutex_);
  VideoFrame shown = picture();
  if (!shown) return;
  VideoFrame before;
  Overlay overlay;
  {
    const std::lock_guard lock(mutex_);
    overlay = overlay_now();
    fading_ = overlay.opacity > 0;
    if (overlay.split && source_) before = source_.share();
  }
  const int scale = std::max(1, kLeastWidth / shown.width());
  const int width = shown.width() * scale;
  const int height = shown.height() * scale;
  VideoFrame screen = convert_after_.convert(shown, screen_format(), width, height);
  if (before) {
    const VideoFrame other = convert_before_.convert(before, screen_format(), width, height);
    put_left_part(other.view(), screen.writable_view(), *overlay.split);
  }
  draw_overlay(screen.writable_view(), overlay);
  window_.show(screen);
}

}  // namespace convolve::cli
