// SPDX-License-Identifier: MIT
#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include <convolve/engine.h>
#include <convolve/graph.h>
#include <convolve/live.h>
#include <convolve/transcode.h>

#include "../media/container.h"
#include "../media/path.h"
#include "../media/reader_state.h"
#include "file_source.h"
#include "job_options.h"
#include "latency_meter.h"
#include "launch_line.h"
#include "live_input.h"
#include "live_source.h"

namespace convolve {

namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kProgressInterval = std::chrono::milliseconds(200);
constexpr auto kSignalInterval = std::chrono::milliseconds(50);
constexpr double kNoSeek = -1;
constexpr std::size_t kWaitingPackets = std::size_t{64} << 20U;

// Streams have sound, which libav passes on as it does that of files; GStreamer gives their
// pictures alone, but at once.
bool wants_sound(const TranscodeOptions& options) {
  const media::Container container = media::container_for(options.output);
  const bool muxed =
      container.kind == media::OutputKind::file || container.kind == media::OutputKind::stream;
  return graph::live_kind(options.input) == graph::LiveKind::stream && options.audio && muxed &&
         !media::is_silent(container);
}

}  // namespace

struct Transcoder::State {
  explicit State(TranscodeOptions job);

  void open_source(const NoteHandler& on_note);
  void read_frames();
  bool pass_frames();
  void seek_if_asked();
  void write_frames();
  void wait_for_turn(const VideoFrame& frame);
  double written_seconds(const VideoFrame& frame) const;
  VideoFrame compared(VideoFrame frame);
  void keep_error() noexcept;
  void stop_stages() noexcept;
  void thread_ended() noexcept;
  TranscodeProgress progress(Clock::time_point begin) const;
  void note_dropped(const TranscodeProgress& end) const;

  TranscodeOptions options;
  Size output_size;
  std::mutex note_mutex;
  // In the order in which they may be made and must go: frames may outlive the graph, not the file.
  std::unique_ptr<graph::FrameSource> source;
  graph::LiveSource* live = nullptr;  // the source, where it is one
  graph::FileSource* file = nullptr;  // the source, where it is one
  std::unique_ptr<MediaWriter> writer;
  std::unique_ptr<Graph> graph;

  std::atomic<bool> aborted{false};
  std::atomic<bool> stopping{false};
  bool paces = false;  // frames go out at the pace at which they are to be seen
  std::optional<Clock::time_point> first_due;  // of the first frame; of the thread that writes
  std::optional<double> begins;                // the first frame; of the thread that writes
  std::atomic<double> seek_target{kNoSeek};
  std::atomic<std::int64_t> frames{0};
  std::atomic<double> media_seconds{0};
  graph::LatencyMeter latency;

  std::mutex mutex;  // guards what follows
  std::condition_variable changed;
  std::exception_ptr error;
  std::exception_ptr source_error;  // of a live source: what came before it is kept
  int running = 0;
  std::deque<VideoFrame> originals;  // in the chain or behind it, to compare with
};

Transcoder::State::State(TranscodeOptions job) : options(std::move(job)) {
  options.input = media::plain_name(std::move(options.input));
  options.output = media::plain_name(std::move(options.output));
  // Notes come from several threads; the handler need not know.
  NoteHandler on_note;
  if (options.on_note) {
    on_note = [this](NoteLevel level, const std::string& text) {
      const std::lock_guard lock(note_mutex);
      options.on_note(level, text);
    };
  }
  init_graph();
  open_source(on_note);
  const VideoInfo& info = source->info();
  output_size = graph::check_sizes(options.chain, {info.width, info.height});
  graph::note_warnings(options.chain, on_note);
  const bool waits = options.monitor == nullptr && (file != nullptr || options.output != "null:");
  graph = std::make_unique<Graph>(options.chain, options.threads, info.frame_rate,
                                  waits ? Graph::kQueuedFrames : 1U);
  WriteOptions write = graph::write_options(options, on_note);
  if (info.frame_rate.num > 0) write.frame_rate = info.frame_rate;
  writer = std::make_unique<MediaWriter>(options.output, std::move(write),
                                         file == nullptr ? nullptr : &file->reader());
  paces = writer->real_time() && !is_live_input(options.input);
  if (file != nullptr) file->reader().state_->packet_limit = kWaitingPackets;
}

void Transcoder::State::open_source(const NoteHandler& on_note) {
  if (!is_live_input(options.input) || wants_sound(options)) {
    auto made =
        std::make_unique<graph::FileSource>(options.input, graph::read_options(options, on_note));
    file = made.get();
    source = std::move(made);
    return;
  }
  graph::LiveOptions wanted;
  // A camera shows what is now; what is recorded or sent is to be whole.
  const media::OutputKind kind = media::container_for(options.output).kind;
  wanted.keep_all = kind != media::OutputKind::null && kind != media::OutputKind::device;
  wanted.frames = options.frames;
  wanted.end = options.end;
  auto made = std::make_unique<graph::LiveSource>(graph::parse_live_input(options.input), wanted);
  live = made.get();
  source = std::move(made);
}

void Transcoder::State::keep_error() noexcept {
  {
    const std::lock_guard lock(mutex);
    if (!error) error = std::current_exception();
  }
  stop_stages();
}

void Transcoder::State::stop_stages() noexcept {
  source->interrupt();
  graph->shutdown();
}

void Transcoder::State::thread_ended() noexcept {
  const std::lock_guard lock(mutex);
  --running;
  changed.notify_all();
}

void Transcoder::State::read_frames() {
  media::block_signals();
  try {
    while (pass_frames()) {
    }
    graph->end();
  } catch (...) {
    if (live == nullptr) {
      keep_error();
    } else {
      const std::lock_guard lock(mutex);
      source_error = std::current_exception();
      graph->end();
    }
  }
  thread_ended();
}

// The frame beside the one that it was made of: the last of those that are no later.
VideoFrame Transcoder::State::compared(VideoFrame frame) {
  constexpr double kRounding = 1e-6;  // seconds
  VideoFrame before;
  {
    const std::lock_guard lock(mutex);
    while (originals.size() > 1 && originals[1].seconds() <= frame.seconds() + kRounding) {
      originals.pop_front();
    }
    if (!originals.empty()) before = originals.front().share();
  }
  return before ? side_by_side(before, frame) : std::move(frame);
}

// Until the source ends. True where a seek makes it go on.
bool Transcoder::State::pass_frames() {
  for (;;) {
    seek_if_asked();
    VideoFrame frame = source->read();
    if (!frame) break;
    if (options.monitor != nullptr && !options.monitor->before(frame)) continue;
    // What was waited for may be a seek, which makes this frame an old one.
    if (seek_target.load() != kNoSeek) continue;
    if (options.compare) {
      const std::lock_guard lock(mutex);
      originals.push_back(frame.share());
    }
    if (!graph->push(std::move(frame))) return false;
  }
  return options.monitor != nullptr && options.monitor->at_end();
}

void Transcoder::State::seek_if_asked() {
  const double target = seek_target.exchange(kNoSeek);
  if (target != kNoSeek && source->seek(target)) graph->flush();
}

// Streams that were recorded, as those of MPEG-TS, seldom begin at 0.
double Transcoder::State::written_seconds(const VideoFrame& frame) const {
  const AVFrame& last = *frame.av();
  const double duration =
      last.time_base.num > 0 ? static_cast<double>(last.pkt_duration) * av_q2d(last.time_base) : 0;
  return std::max(0.0, frame.seconds() - *begins + std::max(0.0, duration));
}

// A file's frames go to those who watch at the pace at which they are to be seen.
void Transcoder::State::wait_for_turn(const VideoFrame& frame) {
  if (!first_due) {
    first_due = Clock::now();
  }
  const Clock::time_point due =
      *first_due + std::chrono::duration_cast<Clock::duration>(
                       std::chrono::duration<double>(frame.seconds() - *begins));
  while (!aborted && !stopping && Clock::now() < due) {
    std::this_thread::sleep_until(std::min(due, Clock::now() + kSignalInterval));
  }
}

void Transcoder::State::write_frames() {
  media::block_signals();
  try {
    while (!aborted) {
      VideoFrame frame = graph->pull(200);
      if (!frame) {
        if (graph->at_end()) break;
        writer->copy_packets();
        continue;
      }
      if (!begins) begins = frame.seconds();
      if (paces) wait_for_turn(frame);
      writer->write(options.compare ? compared(frame.share()) : frame.share());
      if (writer->reader_gone()) {
        stop_stages();
        break;
      }
      if (options.monitor != nullptr) options.monitor->after(frame);
      if (live != nullptr) latency.add(live->age(frame));
      ++frames;
      media_seconds = written_seconds(frame);
    }
    bool good = !aborted;
    {
      const std::lock_guard lock(mutex);
      good = good && !error;
    }
    // What was stopped before its first frame has nothing to finish.
    if (good && !(stopping && frames == 0)) writer->finish();
  } catch (...) {
    keep_error();
  }
  thread_ended();
}

TranscodeProgress Transcoder::State::progress(Clock::time_point begin) const {
  TranscodeProgress now;
  now.frames = frames;
  now.total_frames = source->info().total_frames;
  now.media_seconds = media_seconds;
  now.elapsed_seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  if (live != nullptr) {
    now.latency = latency.latency();
    now.dropped = live->dropped();
  }
  return now;
}

// Whoever records or sends wants every frame, and would find out too late.
void Transcoder::State::note_dropped(const TranscodeProgress& end) const {
  if (live == nullptr || !live->keeps_all() || end.dropped == 0 || !options.on_note) return;
  options.on_note(NoteLevel::warning,
                  options.input + ": " + std::to_string(end.dropped) + " of " +
                      std::to_string(end.frames + end.dropped) + " frames dropped: filters" +
                      (writer->real_time() ? ", encoder or receiver" : " or encoder") +
                      " are slower than the source");
}

Transcoder::Transcoder(TranscodeOptions options)
    : state_(std::make_unique<State>(std::move(options))) {}

Transcoder::~Transcoder() = default;

TranscodeProgress Transcoder::run(
    const std::function<void(const TranscodeProgress&)>& on_progress) {
  State& state = *state_;
  const Clock::time_point begin = Clock::now();
  state.running = 2;
  std::thread reading(&State::read_frames, &state);
  std::thread writing(&State::write_frames, &state);
  bool stopped_stages = false;
  Clock::time_point next = begin + kProgressInterval;
  for (;;) {
    {
      std::unique_lock lock(state.mutex);
      state.changed.wait_for(lock, kSignalInterval, [&] { return state.running == 0; });
      if (state.running == 0) break;
    }
    // A signal handler can only leave word; the work of stopping is done here.
    if (state.aborted && !stopped_stages) {
      stopped_stages = true;
      state.stop_stages();
    }
    if (!on_progress || Clock::now() < next) continue;
    next = Clock::now() + kProgressInterval;
    try {
      on_progress(state.progress(begin));
    } catch (...) {
      state.keep_error();
      state.writer->cancel();
    }
  }
  reading.join();
  writing.join();
  if (state.error || state.aborted) state.writer->discard();
  if (state.aborted) {
    media::fail(MediaError::Kind::running, state.options.output, "aborted, nothing was kept");
  }
  if (state.error) std::rethrow_exception(state.error);
  if (state.source_error) std::rethrow_exception(state.source_error);
  TranscodeProgress end = state.progress(begin);
  state.note_dropped(end);
  if (on_progress) on_progress(end);
  return end;
}

void Transcoder::stop() noexcept {
  state_->stopping = true;
  state_->source->interrupt();
  state_->writer->hurry();
}

void Transcoder::abort() noexcept {
  state_->aborted = true;
  state_->source->interrupt();
  state_->writer->cancel();
}

void Transcoder::set_value(std::size_t filter, const std::string& name, const std::string& text) {
  state_->graph->set_value(filter, name, text);
}

void Transcoder::seek(double seconds) noexcept { state_->seek_target = std::max(0.0, seconds); }

bool Transcoder::seeking() const noexcept { return state_->seek_target.load() != kNoSeek; }

TranscodePlan Transcoder::plan() const {
  TranscodePlan plan;
  plan.input = state_->source->media();
  plan.width = state_->output_size.width;
  if (state_->options.compare && plan.width > 0) plan.width += plan.input.video.width;
  plan.height = state_->output_size.height;
  if (state_->options.compare) plan.height = std::max(plan.height, plan.input.video.height);
  if (state_->writer->turns_sideways()) std::swap(plan.width, plan.height);
  plan.container = state_->writer->container_name();
  plan.encoder = state_->writer->encoder_name();
  plan.copied_streams = state_->writer->copied_streams();
  return plan;
}

std::string Transcoder::gst_launch_line() const {
  return graph::launch_line(state_->options, *state_->source);
}

}  // namespace convolve
