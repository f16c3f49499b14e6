// SPDX-License-Identifier: MIT
#include "encoder.h"

#include <algorithm>
#include <vector>

#include "deep_rgb.h"
#include "encoder_options.h"
#include "hdr.h"
#include "pad.h"
#include "pixel.h"

namespace convolve::media {

namespace {

// What Y4M's readers know: libav writes the deeper ones too, and everybody reads those by now.
constexpr AVPixelFormat kY4mFormats[] = {
    AV_PIX_FMT_GRAY8,       AV_PIX_FMT_YUV411P,     AV_PIX_FMT_YUV420P,     AV_PIX_FMT_YUV422P,
    AV_PIX_FMT_YUV444P,     AV_PIX_FMT_GRAY16LE,    AV_PIX_FMT_YUV420P10LE, AV_PIX_FMT_YUV422P10LE,
    AV_PIX_FMT_YUV444P10LE, AV_PIX_FMT_YUV420P12LE, AV_PIX_FMT_YUV422P12LE, AV_PIX_FMT_YUV444P12LE,
    AV_PIX_FMT_YUV420P16LE, AV_PIX_FMT_YUV422P16LE, AV_PIX_FMT_YUV444P16LE, AV_PIX_FMT_NONE};

// For GIF a palette is made for each frame by itself: a stream needs no second pass, and colours
// that come late are not paid for by the early frames.
constexpr const char* kPaletteChain =
    "split[picture][colors];[colors]palettegen=stats_mode=single[palette];"
    "[picture][palette]paletteuse=new=1";

const AVPixelFormat* formats_of(const EncoderSetup& setup) {
  if (setup.formats != nullptr) return setup.formats;
  return setup.codec->id == AV_CODEC_ID_WRAPPED_AVFRAME ? kY4mFormats : setup.codec->pix_fmts;
}

bool needs_even(const EncoderSetup& setup) {
  return setup.even_chroma || needs_even_chroma(*setup.codec);
}

bool fits_size(AVPixelFormat format, int width, int height) {
  const AVPixFmtDescriptor* desc = av_pix_fmt_desc_get(format);
  if (desc->nb_components < 3 || is_rgb(format)) return true;
  return width % (1 << desc->log2_chroma_w) == 0 && height % (1 << desc->log2_chroma_h) == 0;
}

// The next size of whole groups of 2^shift samples.
int whole(int size, int shift) { return AV_CEIL_RSHIFT(size, shift) << shift; }

// Without the full-range twins: range is told apart from the format.
std::vector<AVPixelFormat> candidates(const EncoderSetup& setup, int width, int height) {
  std::vector<AVPixelFormat> list;
  const AVPixelFormat* all = formats_of(setup);
  for (; all != nullptr && *all != AV_PIX_FMT_NONE; ++all) {
    const AVPixelFormat plain = without_range(*all);
    if ((av_pix_fmt_desc_get(plain)->flags & AV_PIX_FMT_FLAG_HWACCEL) != 0) continue;
    if (needs_even(setup) && !fits_size(plain, width, height)) continue;
    // TIFF files of YUV are legal and unreadable nearly everywhere.
    const bool picture = setup.codec->id == AV_CODEC_ID_TIFF;
    if (picture && !is_rgb(plain) && av_pix_fmt_desc_get(plain)->nb_components > 2) continue;
    if (std::find(list.begin(), list.end(), plain) == list.end()) list.push_back(plain);
  }
  return list;
}

bool lists(const AVCodec& codec, AVPixelFormat format) {
  const AVPixelFormat* all = codec.pix_fmts;
  for (; all != nullptr && *all != AV_PIX_FMT_NONE; ++all) {
    if (*all == format) return true;
  }
  return false;
}

// Encoders that know full range only by the old formats' names.
bool needs_twin(const AVCodec& codec, AVPixelFormat format) {
  return codec.id == AV_CODEC_ID_MJPEG ||
         (!lists(codec, format) && lists(codec, with_full_range(format)));
}

AVPixelFormat wanted_format(const EncoderSetup& setup, const std::string& name) {
  const AVPixelFormat format = av_get_pix_fmt(name.c_str());
  if (format == AV_PIX_FMT_NONE) {
    fail(MediaError::Kind::usage, "--pix-fmt", "no pixel format is called '" + name + "'");
  }
  const AVPixelFormat* all = formats_of(setup);
  if (all == nullptr) return format;
  std::string known;
  for (; *all != AV_PIX_FMT_NONE; ++all) {
    if (without_range(*all) == without_range(format)) return format;
    known += std::string(known.empty() ? "" : " ") + av_get_pix_fmt_name(*all);
  }
  fail(MediaError::Kind::usage, "--pix-fmt",
       std::string(setup.codec->name) + " does not take " + name, "it takes " + known);
}

AVPixelFormat nearest_format(const EncoderSetup& setup, AVPixelFormat source, int width,
                             int height) {
  std::vector<AVPixelFormat> list = candidates(setup, width, height);
  if (list.empty()) list = candidates(setup, whole(width, 1), whole(height, 1));
  if (list.empty()) return source;
  const int alpha = has_alpha(source) ? 1 : 0;
  AVPixelFormat best = list.front();
  for (const AVPixelFormat format : list) {
    best =
        format == source ? source : av_find_best_pix_fmt_of_2(best, format, source, alpha, nullptr);
    if (best == source) break;
  }
  return best;
}

std::string geometry_text(const FrameShape& shape) {
  return std::to_string(shape.width) + "x" + std::to_string(shape.height) + " " +
         av_get_pix_fmt_name(shape.format);
}

}  // namespace

Encoder::Encoder(const EncoderSetup& setup, const WriteOptions& options, const VideoFrame& first)
    : time_base_(first.av()->time_base),
      codec_(setup.codec->id),
      converter_(options.threads),
      on_note_(options.on_note) {
  choose_shape(setup, options, first);
  choose_time_base(*setup.codec, setup.frame_rate);
  open(setup, options, first);
}

void Encoder::choose_shape(const EncoderSetup& setup, const WriteOptions& options,
                           const VideoFrame& first) {
  const AVFrame& frame = *first.av();
  const AVCodec& codec = *setup.codec;
  const AVPixelFormat source = meaning_of(first.format());
  shape_ = shape_of(frame);
  AVPixelFormat format =
      options.pixel_format.empty()
          ? nearest_format(setup, without_range(setup.source), frame.width, frame.height)
          : wanted_format(setup, options.pixel_format);
  shape_.format = without_range(format);
  const bool from_yuv = first.format().family == ColorFamily::yuv;
  const AVPixFmtDescriptor* desc = av_pix_fmt_desc_get(shape_.format);
  const bool to_yuv = !is_rgb(shape_.format) && desc->nb_components > 2;
  if (!to_yuv) {
    shape_.range = AVCOL_RANGE_JPEG;
  } else if (needs_twin(codec, shape_.format) || is_full_range_twin(format)) {
    shape_.range = AVCOL_RANGE_JPEG;
  } else if (from_yuv) {
    const bool full = range_of(source, frame.color_range) == AVCOL_RANGE_JPEG;
    shape_.range = full && signals_range(codec) ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG;
  } else {
    shape_.range = AVCOL_RANGE_MPEG;
  }
  if (to_yuv && !from_yuv) {
    // Players take untagged video for BT.601 when small and for BT.709 when large: say which.
    shape_.matrix =
        codec.id == AV_CODEC_ID_MJPEG || frame.height < 720 ? AVCOL_SPC_SMPTE170M : AVCOL_SPC_BT709;
  }
  if (!to_yuv && from_yuv) shape_.matrix = AVCOL_SPC_UNSPECIFIED;
  choose_size(setup);
  note_lost_alpha(setup, first);
  if (shape_.format != without_range(setup.source) && on_note_) {
    const bool odd =
        needs_even(setup) && !fits_size(without_range(setup.source), frame.width, frame.height);
    on_note_(odd ? NoteLevel::warning : NoteLevel::detail,
             std::string(codec.name) + ": " + av_get_pix_fmt_name(setup.source) +
                 " is written as " + av_get_pix_fmt_name(shape_.format) +
                 (odd ? ", which keeps the odd size; --pix-fmt " +
                            std::string(av_get_pix_fmt_name(without_range(setup.source))) +
                            " would pad it, and plays in more places"
                      : ""));
  }
}

void Encoder::note_lost_alpha(const EncoderSetup& setup, const VideoFrame& first) const {
  const bool paletted = setup.codec->id == AV_CODEC_ID_GIF;
  const bool given = has_alpha(setup.source) && has_alpha(meaning_of(first.format()));
  if (!on_note_ || paletted || !given || has_alpha(shape_.format)) return;
  const bool y4m = setup.codec->id == AV_CODEC_ID_WRAPPED_AVFRAME;
  on_note_(NoteLevel::warning, std::string(y4m ? "y4m" : setup.codec->name) +
                                   ": has no place for the picture's alpha, it is left out; webm "
                                   "and png files keep it, and --codec ffv1 in mkv");
}

// The picture, and what it takes to have chroma for each pair of columns and rows.
void Encoder::choose_size(const EncoderSetup& setup) {
  width_ = shape_.width;
  height_ = shape_.height;
  if (!needs_even(setup) || fits_size(shape_.format, width_, height_)) return;
  const AVPixFmtDescriptor* desc = av_pix_fmt_desc_get(shape_.format);
  width_ = whole(width_, desc->log2_chroma_w);
  height_ = whole(height_, desc->log2_chroma_h);
  if (!on_note_) return;
  on_note_(NoteLevel::warning,
           std::string(setup.codec->name) + ": takes " + av_get_pix_fmt_name(shape_.format) +
               " of even sizes only: the output is " + std::to_string(width_) + "x" +
               std::to_string(height_) + ", the last column or row is repeated");
}

// Codecs that count frames get a base that does; packets take the frames' times again.
void Encoder::choose_time_base(const AVCodec& codec, AVRational frame_rate) {
  encoder_time_base_ = time_base_;
  if (!counts_frames(codec)) return;
  if (frame_rate.num <= 0 || frame_rate.den <= 0) frame_rate = {25, 1};
  if (codec.supported_framerates != nullptr) {
    const int index = av_find_nearest_q_idx(frame_rate, codec.supported_framerates);
    encoder_time_base_ = av_inv_q(codec.supported_framerates[index]);
    return;
  }
  constexpr std::int64_t kMost = 65535;  // of MPEG-4
  av_reduce(&encoder_time_base_.den, &encoder_time_base_.num, frame_rate.num, frame_rate.den,
            kMost);
}

void Encoder::open(const EncoderSetup& setup, const WriteOptions& options,
                   const VideoFrame& first) {
  const AVFrame& frame = *first.av();
  context_.reset(avcodec_alloc_context3(setup.codec));
  if (!context_) throw std::bad_alloc();
  AVCodecContext& context = *context_;
  const bool paletted = codec_ == AV_CODEC_ID_GIF;
  const bool twin = shape_.range == AVCOL_RANGE_JPEG && needs_twin(*setup.codec, shape_.format);
  context.width = width_;
  context.height = height_;
  context.pix_fmt = paletted ? AV_PIX_FMT_PAL8
                    : twin   ? with_full_range(shape_.format)
                             : shape_.format;
  context.sample_aspect_ratio = frame.sample_aspect_ratio;
  context.time_base = encoder_time_base_;
  if (setup.frame_rate.num > 0) context.framerate = setup.frame_rate;
  // Untagged stays untagged.
  const bool tagged = frame.color_range != AVCOL_RANGE_UNSPECIFIED ||
                      shape_.range == AVCOL_RANGE_JPEG || first.format().family != ColorFamily::yuv;
  context.color_range = tagged ? shape_.range : AVCOL_RANGE_UNSPECIFIED;
  context.color_primaries = frame.color_primaries;
  context.color_trc = frame.color_trc;
  context.colorspace = is_rgb(shape_.format) ? AVCOL_SPC_RGB : shape_.matrix;
  context.chroma_sample_location = frame.chroma_location;
  context.thread_count = options.threads == 0 ? 0 : thread_count(options.threads);
  if (setup.global_header) context.flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  if (setup.keeps_order) context.max_b_frames = 0;
  if (codec_ == AV_CODEC_ID_WRAPPED_AVFRAME) context.strict_std_compliance = -1;
  const bool interlaced = frame.interlaced_frame != 0;
  context.field_order = !interlaced                  ? AV_FIELD_PROGRESSIVE
                        : frame.top_field_first != 0 ? AV_FIELD_TT
                                                     : AV_FIELD_BB;
  if (interlaced && (codec_ == AV_CODEC_ID_H264 || codec_ == AV_CODEC_ID_MPEG2VIDEO)) {
    context.flags |= AV_CODEC_FLAG_INTERLACED_DCT | AV_CODEC_FLAG_INTERLACED_ME;
  }
  Dictionary dictionary;
  set_encoder_options(context, dictionary, options);
  set_hdr_options(*setup.codec, dictionary, frame);
  forget_messages();
  const int result = avcodec_open2(&context, setup.codec, dictionary.address());
  if (result < 0) {
    const bool asked = !options.encoder_preset.empty() || options.crf || options.bitrate ||
                       !options.pixel_format.empty();
    fail(asked ? MediaError::Kind::usage : MediaError::Kind::output, setup.codec->name,
         reason(result));
  }
}

FramePtr Encoder::fit(const VideoFrame& frame) {
  FramePtr result = share_frame(*frame.av());
  result->time_base = frame.av()->time_base;
  if (frame.format().name == "AYUV") result = planes_from_ayuv(*result);
  FrameShape shape = shape_of(*result);
  if (shape.matrix == AVCOL_SPC_UNSPECIFIED || shape_.matrix == AVCOL_SPC_UNSPECIFIED) {
    shape.matrix = shape_.matrix;
  }
  if (shape != shape_ && codec_ != AV_CODEC_ID_GIF) {
    if (!noted_change_ && on_note_ &&
        (shape.width != shape_.width || shape.height != shape_.height)) {
      noted_change_ = true;
      on_note_(NoteLevel::warning, "the picture changes to " + geometry_text(shape) +
                                       "; the output stays " + geometry_text(shape_));
    }
    const bool deep = result->format == AV_PIX_FMT_YUV444P16LE && is_rgb(shape_.format) &&
                      result->colorspace == AVCOL_SPC_SMPTE170M &&
                      result->color_range == AVCOL_RANGE_JPEG;
    if (deep) result = deep_rgb_from_yuv(*result);
    result = converter_.convert(*result, shape_);
  }
  if (width_ != shape_.width || height_ != shape_.height) {
    result = padded_frame(*result, width_, height_);
  }
  result->time_base = frame.av()->time_base;
  return result;
}

void Encoder::send(const VideoFrame* frame) {
  if (codec_ != AV_CODEC_ID_GIF) {
    feed(frame == nullptr ? nullptr : fit(*frame));
    return;
  }
  if (frame != nullptr) {
    const FramePtr fitted = fit(*frame);
    if (!palette_) palette_ = std::make_unique<LibavFilter>(kPaletteChain, *fitted);
    palette_->push(fitted.get());
  } else if (palette_) {
    palette_->push(nullptr);
  }
  while (palette_) {
    FramePtr reduced = palette_->pull();
    if (!reduced) break;
    feed(std::move(reduced));
  }
  if (frame == nullptr) feed(nullptr);
}

void Encoder::feed(FramePtr frame) {
  if (frame) {
    frame->format = context_->pix_fmt;
    // What the decoder found out about its own stream must not steer this one.
    frame->pict_type = AV_PICTURE_TYPE_NONE;
    frame->key_frame = 0;
    frame->quality = 0;
    std::int64_t time = av_rescale_q(frame->pts, time_base_, encoder_time_base_);
    if (last_time_ != INT64_MIN) time = std::max(time, last_time_ + 1);
    last_time_ = time;
    times_[time] = {frame->pts, frame->pkt_duration};
    frame->pts = time;
    frame->pkt_duration = 0;
  }
  const int result = avcodec_send_frame(context_.get(), frame.get());
  if (result < 0 && result != AVERROR_EOF) {
    fail(MediaError::Kind::running, context_->codec->name, reason(result));
  }
}

PacketPtr Encoder::receive() {
  PacketPtr packet = new_packet();
  const int result = avcodec_receive_packet(context_.get(), packet.get());
  if (result == AVERROR(EAGAIN) || result == AVERROR_EOF) return nullptr;
  if (result < 0) fail(MediaError::Kind::running, context_->codec->name, reason(result));
  const bool in_order = packet->dts == AV_NOPTS_VALUE || packet->dts == packet->pts;
  const auto found = times_.find(packet->pts);
  if (found != times_.end()) {
    packet->pts = found->second.pts;
    packet->duration = found->second.duration;
    times_.erase(found);
  } else {
    packet->pts = av_rescale_q(packet->pts, encoder_time_base_, time_base_);
  }
  packet->dts = in_order ? packet->pts : av_rescale_q(packet->dts, encoder_time_base_, time_base_);
  return packet;
}

}  // namespace convolve::media
