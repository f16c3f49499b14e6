// SPDX-License-Identifier: MIT
#include <convolve/media.h>

#include <cstdlib>

#include "encoder_options.h"
#include "fixed_rate.h"
#include "patience.h"
#include "pixel.h"
#include "reader_state.h"
#include "sink.h"
#include "stream_output.h"
#include "turn.h"

namespace convolve {

namespace {

// Decodes and filters only.
class NullSink : public media::Sink {
 public:
  void start(const media::Encoder& /*encoder*/, const AVFrame& /*first*/) override {}
  void write_video(media::PacketPtr /*packet*/) override {}
  void write_copied(media::PacketPtr /*packet*/) override {}
  void finish() override {}
  void discard() noexcept override {}
};

bool is_opaque(const VideoFrame& frame) {
  if (frame.format().name != "RGBA") return false;
  const ConstFrameView view = frame.view();
  for (int y = 0; y < view.height; ++y) {
    const auto* row = view.plane[0].data + y * view.plane[0].stride;
    for (int x = 0; x < view.width; ++x) {
      if (std::to_integer<int>(row[4 * x + 3]) != 255) return false;
    }
  }
  return true;
}

}  // namespace

struct MediaWriter::State {
  State(const std::string& name, WriteOptions write_options, MediaReader::State* source);

  void make_sink();
  void choose_turn();
  void mux(const std::string& name, media::MuxSink::Open open, media::CopySource source);
  void open(const VideoFrame& first);
  void carry_orientation(const AVFrame& first);
  [[nodiscard]] VideoFrame with_time(const VideoFrame& frame) const;
  void encode(const VideoFrame& frame);
  void encode_at_places(const VideoFrame& frame);
  void note_uneven() const;
  void write_packets();
  void copy_packets();
  [[nodiscard]] AVPixelFormat format_to_keep(const VideoFrame& frame) const;
  [[nodiscard]] const AVPixelFormat* output_formats(const AVCodec& wanted) const;
  [[nodiscard]] AVRational frame_rate() const;
  [[nodiscard]] AVRational rate_of_places() const;

  std::string output;
  WriteOptions options;
  MediaReader::State* reader;
  media::Container container;
  media::Patience patience;
  std::unique_ptr<media::Sink> sink;
  media::MuxSink* muxed = nullptr;         // the sink, where it is one
  media::PictureSink* pictures = nullptr;  // the sink, where it is one
  std::vector<int> copied;                 // indices of the input's streams
  const AVCodec* codec = nullptr;       // by the input's depth; frames of another one may change it
  std::optional<media::Turner> turner;  // where the container cannot say how to show the picture
  std::unique_ptr<media::Encoder> encoder;
  std::optional<media::FixedRate> fixed;  // of containers that have one
  VideoFrame last;                        // that was given, where it may be needed once more
  std::int64_t frames = 0;
  bool finished = false;
};

MediaWriter::State::State(const std::string& name, WriteOptions write_options,
                          MediaReader::State* source)
    : output(media::plain_name(name)), options(std::move(write_options)), reader(source) {
  media::quiet_libav();
  container = media::container_for(output);
  options.live = options.live || container.real_time();
  make_sink();
  if (container.kind == media::OutputKind::null) return;
  const AVPixelFormat format =
      reader == nullptr ? AV_PIX_FMT_NONE : av_get_pix_fmt(reader->info.pixel_format.c_str());
  const int depth = format == AV_PIX_FMT_NONE ? 8 : media::depth_of(format);
  codec = media::choose_encoder(container, options.codec, output, depth);
  media::check_encoder_options(*codec, options);
  if (!options.pixel_format.empty() &&
      av_get_pix_fmt(options.pixel_format.c_str()) == AV_PIX_FMT_NONE) {
    media::fail(MediaError::Kind::usage, "--pix-fmt",
                "no pixel format is called '" + options.pixel_format + "'");
  }
}

void MediaWriter::State::make_sink() {
  const std::string input =
      reader == nullptr || reader->source.name() == "standard input" ? "" : reader->source.name();
  media::CopySource source;
  if (reader != nullptr) {
    source.input = reader->source.context();
    source.video = reader->source.video();
    if (reader->options.copy_streams) {
      source.streams = media::plan_copies(*source.input, *source.video, container, output,
                                          reader->options.audio, options.on_note);
    }
    for (const AVStream* stream : source.streams) {
      reader->select(*stream);
      copied.push_back(stream->index);
    }
    choose_turn();
    const ReadOptions& cut = reader->options;
    if (cut.end || cut.frames) {
      source.duration_us = static_cast<std::int64_t>(reader->info.duration * AV_TIME_BASE);
    }
  }
  switch (container.kind) {
    case media::OutputKind::null:
      sink = std::make_unique<NullSink>();
      break;
    case media::OutputKind::pictures:
      sink = std::make_unique<media::PictureSink>(output, container.numbered, options.overwrite,
                                                  input);
      pictures = static_cast<media::PictureSink*>(sink.get());
      break;
    case media::OutputKind::device:
      sink = std::make_unique<media::DeviceSink>(output, *media::device_path(output), patience);
      break;
    case media::OutputKind::file: {
      const media::Target target(output, options.overwrite, input);
      mux(
          target.name(), [target] { return std::make_unique<media::OutputFile>(target); },
          std::move(source));
      break;
    }
    case media::OutputKind::stream:
      mux(
          output, [this] { return std::make_unique<media::StreamOutput>(output, patience); },
          std::move(source));
      break;
  }
}

void MediaWriter::State::choose_turn() {
  if (container.kind == media::OutputKind::null || media::tells_rotation(container)) return;
  const auto chain = media::turning(*reader->source.video());
  if (!chain || chain->empty()) return;
  turner.emplace(*chain);
  if (!options.on_note) return;
  options.on_note(NoteLevel::detail, output + ": the picture is written upright, since " +
                                         container.label + " cannot say how it is to be turned");
}

void MediaWriter::State::mux(const std::string& name, media::MuxSink::Open open,
                             media::CopySource source) {
  auto made = std::make_unique<media::MuxSink>(container, name, std::move(open), std::move(source),
                                               frame_rate(), options.live);
  muxed = made.get();
  sink = std::move(made);
}

AVRational MediaWriter::State::frame_rate() const {
  return media::to_av(reader != nullptr ? reader->info.frame_rate : options.frame_rate);
}

// Of frames that are counted. Codecs of broadcasts know the rates of broadcasts alone.
AVRational MediaWriter::State::rate_of_places() const {
  AVRational rate = frame_rate();
  if (reader != nullptr) {
    const media::Source& source = reader->source;
    rate = media::rate_of_places(*source.context(), *source.video(), rate);
  }
  if (rate.num <= 0 || rate.den <= 0) rate = {25, 1};
  if (codec->supported_framerates == nullptr) return rate;
  return codec->supported_framerates[av_find_nearest_q_idx(rate, codec->supported_framerates)];
}

// The decoder's format where the filters left the format alone: a frame that was converted for
// filtering goes back to what it was.
AVPixelFormat MediaWriter::State::format_to_keep(const VideoFrame& frame) const {
  if (reader != nullptr) {
    const auto decoded = static_cast<AVPixelFormat>(reader->decoded_format.load());
    if (decoded != AV_PIX_FMT_NONE && media::filter_format(decoded).format == &frame.format()) {
      return decoded;
    }
  }
  return media::meaning_of(frame.format());
}

// What whoever watches is sure to take; null: anything.
const AVPixelFormat* MediaWriter::State::output_formats(const AVCodec& wanted) const {
  static constexpr AVPixelFormat kStreamed[] = {AV_PIX_FMT_YUV420P, AV_PIX_FMT_NONE};
  if (container.kind == media::OutputKind::device) return media::DeviceSink::formats();
  const bool common = wanted.id == AV_CODEC_ID_H264 || wanted.id == AV_CODEC_ID_HEVC;
  const bool chosen = !options.pixel_format.empty();
  return container.kind == media::OutputKind::stream && common && !chosen ? kStreamed : nullptr;
}

void MediaWriter::State::open(const VideoFrame& first) {
  media::EncoderSetup setup;
  setup.source = format_to_keep(first);
  setup.codec =
      media::choose_encoder(container, options.codec, output, media::depth_of(setup.source));
  // A GIF gets a palette of its own. Only of a still is it known that no frame has alpha.
  if (setup.codec->id != AV_CODEC_ID_GIF) {
    const bool still = reader != nullptr && reader->info.still;
    setup.source = media::whole_samples(setup.source, still && is_opaque(first));
  }
  setup.frame_rate = fixed ? fixed->rate() : frame_rate();
  setup.formats = output_formats(*setup.codec);
  setup.even_chroma = container.kind == media::OutputKind::device;
  if (muxed != nullptr) {
    setup.global_header = (container.format->flags & AVFMT_GLOBALHEADER) != 0;
    setup.keeps_order = std::string_view(container.format->name) == "avi";
  }
  encoder = std::make_unique<media::Encoder>(setup, options, first);
  if (muxed != nullptr && reader != nullptr && reader->shift) {
    muxed->set_shift(
        av_rescale_q(*reader->shift, reader->source.video()->time_base, media::kMicroseconds));
  }
  if (pictures != nullptr) carry_orientation(*first.av());
  sink->start(*encoder, *first.av());
}

// A phone's JPEG lies on its side and says so in its Exif data.
void MediaWriter::State::carry_orientation(const AVFrame& first) {
  if (reader == nullptr) return;
  if (container.picture == AV_CODEC_ID_MJPEG) {
    pictures->set_segments(reader->jpeg_segments);
    return;
  }
  const AVDictionaryEntry* turned = av_dict_get(first.metadata, "Orientation", nullptr, 0);
  if (turned != nullptr && std::atoi(turned->value) > 1 && options.on_note) {
    options.on_note(NoteLevel::warning, output + ": " + container.label +
                                            " cannot say that the picture is to be shown turned");
  }
}

// Frames that a program made itself may have no time base, and no time.
VideoFrame MediaWriter::State::with_time(const VideoFrame& frame) const {
  VideoFrame timed = frame.share();
  AVFrame& av = *timed.av();
  av.time_base = frame.av()->time_base;
  if (av.time_base.num > 0) return timed;
  const AVRational rate = frame_rate();
  av.time_base = options.time_base.num > 0 ? media::to_av(options.time_base)
                 : rate.num > 0            ? av_inv_q(rate)
                                           : AVRational{1, 25};
  if (av.pts == AV_NOPTS_VALUE) {
    av.pts = rate.num > 0 ? av_rescale_q(frames, av_inv_q(rate), av.time_base) : frames;
  }
  return timed;
}

void MediaWriter::State::encode(const VideoFrame& frame) {
  if (!encoder) open(frame);
  copy_packets();
  encoder->send(&frame);
  write_packets();
}

void MediaWriter::State::encode_at_places(const VideoFrame& frame) {
  if (!fixed) {
    fixed.emplace(rate_of_places(), std::string_view(container.format->name) == "avi");
  }
  const AVFrame& given = *frame.av();
  const double duration = static_cast<double>(given.pkt_duration) * av_q2d(given.time_base);
  const media::FixedRate::Copies copies = fixed->place(frame.seconds(), duration);
  VideoFrame now = frame.share();
  for (std::int64_t i = 0; i < copies.before + copies.here && !patience.cancelled; ++i) {
    const VideoFrame copy = (i < copies.before ? last : now).share();
    copy.av()->time_base = av_inv_q(fixed->rate());
    copy.av()->pts = copies.place + i;
    copy.av()->pkt_duration = 1;
    encode(copy);
  }
  last = std::move(now);
}

void MediaWriter::State::note_uneven() const {
  if (!fixed || !options.on_note || fixed->repeated() + fixed->left_out() == 0) return;
  const AVRational rate = fixed->rate();
  options.on_note(NoteLevel::warning,
                  output + ": " + container.label + " has one rate of frames, here " +
                      std::to_string(rate.num) + "/" + std::to_string(rate.den) +
                      " a second: so that all are seen at their times, " +
                      std::to_string(fixed->repeated()) + " were repeated and " +
                      std::to_string(fixed->left_out()) +
                      " left out; mkv and mp4 keep them as they come");
}

void MediaWriter::State::write_packets() {
  while (!patience.cancelled) {
    media::PacketPtr packet = encoder->receive();
    if (!packet) break;
    sink->write_video(std::move(packet));
  }
}

void MediaWriter::State::copy_packets() {
  if (reader == nullptr || !encoder) return;
  while (media::PacketPtr packet = reader->take_packet()) sink->write_copied(std::move(packet));
}

MediaWriter::MediaWriter(const std::string& output, WriteOptions options, MediaReader* reader)
    : state_(std::make_unique<State>(output, std::move(options),
                                     reader == nullptr ? nullptr : reader->state_.get())) {}

MediaWriter::~MediaWriter() { discard(); }

void MediaWriter::write(const VideoFrame& frame) {
  State& state = *state_;
  if (state.container.kind == media::OutputKind::null || state.sink->reader_gone() ||
      state.patience.cancelled) {
    return;
  }
  VideoFrame timed = state.with_time(frame);
  if (state.turner) timed = state.turner->turn(timed);
  if (state.muxed != nullptr && media::has_fixed_rate(*state.container.format)) {
    state.encode_at_places(timed);
  } else {
    state.encode(timed);
  }
  ++state.frames;
}

void MediaWriter::copy_packets() { state_->copy_packets(); }

void MediaWriter::finish() {
  State& state = *state_;
  if (state.container.kind != media::OutputKind::null) {
    if (!state.encoder) {
      media::fail(MediaError::Kind::running, state.output, "there is no frame to write");
    }
    if (!state.sink->reader_gone()) {
      state.encoder->send(nullptr);
      state.write_packets();
      state.copy_packets();
    }
  }
  if (state.patience.cancelled) media::fail(MediaError::Kind::running, state.output, "cancelled");
  state.sink->finish();
  state.finished = true;
  state.note_uneven();
}

void MediaWriter::discard() noexcept {
  if (!state_->finished) state_->sink->discard();
}

void MediaWriter::cancel() noexcept { state_->patience.cancelled = true; }

void MediaWriter::hurry() noexcept {
  constexpr std::int64_t kLeft = 1'000'000;  // µs
  state_->patience.until = av_gettime_relative() + kLeft;
}

bool MediaWriter::real_time() const noexcept { return state_->container.real_time(); }

std::string MediaWriter::container_name() const {
  return state_->container.kind == media::OutputKind::null ? "" : state_->container.label;
}

std::string MediaWriter::encoder_name() const {
  return state_->codec == nullptr ? "" : state_->codec->name;
}

const std::vector<int>& MediaWriter::copied_streams() const noexcept { return state_->copied; }

bool MediaWriter::turns_sideways() const noexcept {
  return state_->turner && state_->turner->sideways();
}

bool MediaWriter::reader_gone() const noexcept { return state_->sink->reader_gone(); }

}  // namespace convolve
