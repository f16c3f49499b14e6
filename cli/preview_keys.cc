// SPDX-License-Identifier: MIT
// What the keys of the preview do.
#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "preview.h"

namespace convolve::cli {

namespace {

// convolve-001.png, or the first number that is free.
std::string free_picture_name() {
  for (int number = 1;; ++number) {
    const std::string digits = std::to_string(number);
    std::string name =
        "convolve-" + std::string(digits.size() < 3 ? 3 - digits.size() : 0, '0') + digits + ".png";
    if (!std::filesystem::exists(name)) return name;
  }
}

}  // namespace

void Preview::toggle_pause() {
  const std::lock_guard lock(mutex_);
  paused_ = !paused_;
  anchor_.reset();
  changed_.notify_all();
}

void Preview::one_step() {
  const std::lock_guard lock(mutex_);
  paused_ = true;
  ++steps_;
  changed_.notify_all();
}

void Preview::seek_by(double seconds) {
  if (live_ || records_) {
    tell("no seeking", live_ ? "the source is live" : "the file is being written");
    return;
  }
  const std::lock_guard lock(mutex_);
  if (!filtered_) return;
  // Keys that come before the first frame of a place add up.
  sought_ = std::max(0.0, sought_.value_or(filtered_.seconds()) + seconds);
  job_->seek(*sought_);
  sources_.clear();
  anchor_.reset();
  if (paused_) steps_ = 1;
  changed_.notify_all();
}

void Preview::select_filter() {
  editor_.next_filter();
  tell(editor_.shown(), std::string(editor_.help()));
}

void Preview::previous_parameter() {
  editor_.next_parameter(-1);
  tell(editor_.shown(), std::string(editor_.help()));
}

void Preview::next_parameter() {
  editor_.next_parameter(1);
  tell(editor_.shown(), std::string(editor_.help()));
}

void Preview::toggle_bypass() {
  const std::lock_guard lock(mutex_);
  bypass_ = !bypass_;
}

void Preview::toggle_split() {
  const std::lock_guard lock(mutex_);
  split_ = !split_;
}

void Preview::next_kernel() {
  const auto change = editor_.next_kernel();
  if (change) {
    take_change(change);
  } else {
    tell("no kernel", "no filter of the chain has one");
  }
}

void Preview::save_picture() {
  const VideoFrame frame = picture();
  if (!frame) return;
  const std::string name = free_picture_name();
  MediaWriter writer(name);
  writer.write(frame);
  writer.finish();
  tell("saved", name);
  say_("saved: " + name);
}

void Preview::print_chain() {
  const std::string text = chain_text(editor_.chain());
  tell("chain", text);
  // Standard output may carry the video.
  if (job_options_.output == "-") {
    say_(text);
    return;
  }
  std::fprintf(stdout, "%s\n", text.c_str());
  std::fflush(stdout);
}

void Preview::toggle_keys() {
  const std::lock_guard lock(mutex_);
  keys_shown_ = !keys_shown_;
}

void Preview::quit() {
  job_->stop();
  const std::lock_guard lock(mutex_);
  quitting_ = true;
  changed_.notify_all();
}

}  // namespace convolve::cli
