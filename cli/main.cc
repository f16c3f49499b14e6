// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <poll.h>
#include <unistd.h>

#include <convolve/chain.h>
#include <convolve/graph.h>
#include <convolve/live.h>
#include <convolve/transcode.h>

#include "completion.h"
#include "contact_sheet.h"
#include "frame_plot.h"
#include "help.h"
#include "inspect.h"
#include "interrupts.h"
#include "kernel_report.h"
#include "lists.h"
#include "manual.h"
#include "options.h"
#include "presets.h"
#include "preview.h"
#include "progress.h"
#include "sizes.h"

namespace convolve::cli {

namespace {

int exit_code(MediaError::Kind kind) { return static_cast<int>(kind); }

// One line, and a hint below it where there is one; names of files may hold anything.
std::string without_controls(std::string text) {
  const std::size_t hint = text.find('\n');
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool control = static_cast<unsigned char>(text[i]) < 0x20 || text[i] == 0x7F;
    if (control && i != hint) text[i] = ' ';
  }
  return text;
}

int report(const std::string& text, int code) {
  std::fprintf(stderr, "convolve: %s\n", without_controls(text).c_str());
  return code;
}

int print(const std::string& text) {
  errno = 0;
  const bool whole = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  if (whole && std::fflush(stdout) == 0) return 0;
  const int error = errno;
  if (error == EPIPE) return exit_code(MediaError::Kind::output);
  return report(std::string("standard output: ") + std::strerror(error),
                exit_code(MediaError::Kind::output));
}

// True where whoever read our standard output has gone, as `head` does: nobody wants an error.
bool reader_has_gone() {
  pollfd out{STDOUT_FILENO, POLLOUT, 0};
  return poll(&out, 1, 0) > 0 && (out.revents & POLLERR) != 0;
}

void check_input_terminal(const TranscodeOptions& job) {
  if (job.input == "-" && isatty(STDIN_FILENO) == 1) {
    throw MediaError(MediaError::Kind::input,
                     "standard input: is a terminal\npipe Y4M into it, as in: ffmpeg -i in.mp4 "
                     "-pix_fmt yuv420p -f yuv4mpegpipe - | convolve - -o out.mp4");
  }
}

void check_output_terminal(const TranscodeOptions& job) {
  if (job.output == "-" && isatty(STDOUT_FILENO) == 1) {
    throw MediaError(MediaError::Kind::output,
                     "standard output: is a terminal\npipe it into a program that reads Y4M, as "
                     "in: convolve in.mp4 -o - | mpv -");
  }
}

std::string shown_output(const std::string& output) {
  if (output == "-") return "standard output";
  return output == "null:" ? "nothing written" : output;
}

// Passes on what a job has to say. Until `open`, warnings wait: where the job is refused, its error
// alone is worth a line.
class Notes {
 public:
  Notes(const Options& options, ProgressPrinter& printer)
      : quiet_(options.quiet),
        verbose_(options.verbose),
        json_(options.progress == ProgressKind::json),
        printer_(printer) {}

  void take(NoteLevel level, const std::string& text) {
    const bool warning = level == NoteLevel::warning;
    if (quiet_ || (!warning && !verbose_)) return;
    std::string line =
        json_ ? note_json(level, text)
              : without_controls((warning ? "convolve: warning: " : "convolve: ") + text);
    if (json_) line.pop_back();
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(line));
    if (open_) say_waiting();
  }

  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    say_waiting();
  }

 private:
  void say_waiting() {
    for (const std::string& line : waiting_) printer_.say(line);
    waiting_.clear();
  }

  bool quiet_;
  bool verbose_;
  bool json_;
  ProgressPrinter& printer_;
  std::mutex mutex_;
  bool open_ = false;
  std::vector<std::string> waiting_;
};

int finish(const Options& options, const TranscodeProgress& done) {
  const int signal = Interrupts::signal();
  if (options.stats) std::fprintf(stderr, "%s\n", stats_text(done).c_str());
  if (options.progress == ProgressKind::json) {
    std::fputs(progress_json(done, signal != 0 ? "stopped" : "end").c_str(), stderr);
  } else if (!options.quiet) {
    const std::string summary = summary_text(done, shown_output(options.job.output));
    std::fprintf(stderr, "%s%s\n", signal != 0 ? "stopped after " : "", summary.c_str());
  }
  return signal != 0 ? 128 + signal : 0;
}

int keep_chain(const Options& options) {
  const std::string file =
      save_preset(options.save_preset, options.job.chain, options.job.overwrite);
  if (!options.quiet) std::fprintf(stderr, "saved: %s\n", file.c_str());
  return 0;
}

int run_job(const Options& options) {
  check_input_terminal(options.job);
  check_output_terminal(options.job);
  if (!options.save_preset.empty()) keep_chain(options);
  const bool live = is_live_input(options.job.input);
  const bool talks = !options.quiet && options.progress != ProgressKind::json;
  const Interrupts interrupts(
      !talks                               ? nullptr
      : is_live_output(options.job.output) ? "convolve: stopping: again ends at once\n"
      : live ? "convolve: stopping: the recording is finished; again ends at once\n"
             : "convolve: stopping: the file is finished; again removes it\n");
  ProgressStyle style = ProgressStyle::of(stderr);
  style.json = options.progress == ProgressKind::json;
  const bool shows_progress =
      style.json || (!options.quiet && options.progress != ProgressKind::none);
  ProgressPrinter printer(stderr, style);
  Notes notes(options, printer);
  try {
    TranscodeOptions job = options.job;
    job.on_note = [&notes](NoteLevel level, const std::string& text) { notes.take(level, text); };
    std::unique_ptr<Preview> preview;
    if (options.preview) {
      preview = std::make_unique<Preview>(
          job, [&printer](const std::string& line) { printer.say("convolve: " + line); });
      job.monitor = preview.get();
    }
    Transcoder transcoder(std::move(job));
    notes.open();
    if (options.verbose) {
      notes.take(NoteLevel::detail, "as a pipeline: " + transcoder.gst_launch_line());
    }
    const Interrupts::Watch watch(transcoder);
    const Preview::Session session(preview.get(), transcoder);
    const TranscodeProgress done = transcoder.run([&](const TranscodeProgress& progress) {
      if (Interrupts::take_status_request()) printer.say("convolve: " + progress_text(progress));
      if (shows_progress && Interrupts::signal() == 0) printer.show(progress);
      if (preview && options.stats) preview->set_stats(stats_text(progress));
    });
    printer.clear();
    return finish(options, done);
  } catch (const MediaError& error) {
    printer.clear();
    if (Interrupts::aborted()) {
      if (!options.quiet) {
        std::fputs(live ? "stopped: the recording ends where it was written\n"
                        : "stopped: nothing was kept\n",
                   stderr);
      }
      return 128 + Interrupts::signal();
    }
    if (options.job.output == "-" && reader_has_gone()) return exit_code(MediaError::Kind::output);
    return report(error.what(), exit_code(error.kind()));
  }
}

int probe(const Options& options) {
  ReadOptions video_alone;
  video_alone.copy_streams = false;
  const MediaInfo media = MediaReader(options.topic, video_alone).media();
  return print(options.json ? media_json(media) : media_text(media));
}

int dry_run(const Options& options) {
  check_input_terminal(options.job);
  TranscodeOptions job = options.job;
  job.on_note = [&options](NoteLevel level, const std::string& text) {
    if (level == NoteLevel::warning && !options.quiet) {
      std::fprintf(stderr, "convolve: warning: %s\n", without_controls(text).c_str());
    }
  };
  const TranscodePlan plan = Transcoder(std::move(job)).plan();
  return print(options.json ? plan_json(plan, options.job) : plan_text(plan, options.job));
}

Kernel read_kernel(std::string_view option, const std::string& text) {
  try {
    return Kernel::parse(text);
  } catch (const KernelError& error) {
    refuse_usage(option, error.what());
  }
}

int show_kernel(const Options& options) {
  const std::string& name = options.topic;
  const Kernel kernel = read_kernel("--show-kernel", name);
  if (!options.job.output.empty()) {
    draw_kernel(name, kernel, options.job.output, options.job.overwrite);
  }
  return print(options.json ? kernel_json(name, kernel) : kernel_text(name, kernel));
}

int show_sizes(const Options& options) {
  const std::vector<ChainStage> stages = chain_stages(options.job.chain, options.frame_size);
  return print(options.json ? sizes_json(stages, options.frame_size)
                            : sizes_text(stages, options.frame_size));
}

int draw_plot(const Options& options) {
  for (const PlotKind& kind : plot_kinds()) {
    if (kind.name == options.topic) kind.draw(options.job);
  }
  return 0;
}

int draw_sheet(const Options& options) {
  draw_contact_sheet(options.job, options.job.output);
  return 0;
}

int print_gst(Options options) {
  options.job.overwrite = true;  // nothing is written
  const bool cut = options.job.start || options.job.end || options.job.frames;
  const bool timed = std::ranges::any_of(
      options.job.chain, [](const FilterSpec& spec) { return spec.enable.has_value(); });
  const Transcoder transcoder(std::move(options.job));
  if (cut) {
    std::fputs("convolve: warning: --start, --end, --frames: left out, gst-launch-1.0 cannot cut\n",
               stderr);
  }
  if (timed) {
    std::fputs("convolve: warning: enable: left out, gst-launch-1.0 filters all frames\n", stderr);
  }
  return print(transcoder.gst_launch_line() + "\n");
}

int run(const Options& options) {
  switch (options.action) {
    case Action::help:
      return print(help_text());
    case Action::version:
      return print(version_text());
    case Action::help_filter:
      return print(filter_help_text(*find_filter(options.topic)));
    case Action::list:
      return print(list_text(options.topic, options.json));
    case Action::completion:
      return print(completion_text(options.topic));
    case Action::manual:
      return print(manual_text());
    case Action::save_preset:
      return keep_chain(options);
    case Action::print_gst:
      return print_gst(options);
    case Action::dry_run:
      return dry_run(options);
    case Action::probe:
      return probe(options);
    case Action::size:
      return show_sizes(options);
    case Action::show_kernel:
      return show_kernel(options);
    case Action::contact_sheet:
      return draw_sheet(options);
    case Action::plot:
      return draw_plot(options);
    case Action::run:
      return run_job(options);
  }
  return exit_code(MediaError::Kind::usage);
}

int guarded_run(const std::vector<std::string>& arguments) {
  try {
    return run(parse_options(arguments));
  } catch (const MediaError& error) {
    return report(error.what(), exit_code(error.kind()));
  } catch (const std::invalid_argument& error) {
    // Usage, chain, parameters and kernels.
    return report(error.what(), exit_code(MediaError::Kind::usage));
  } catch (const std::bad_alloc&) {
    return report("memory: there is not enough", exit_code(MediaError::Kind::running));
  } catch (const std::exception& error) {
    return report(std::string("failed: ") + error.what(), exit_code(MediaError::Kind::running));
  }
}

}  // namespace

}  // namespace convolve::cli

int main(int argc, char** argv) {
  // A reader that goes away, or a file at its limit, shows as a write that fails.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  // Asks how far a job is; before there is one, it must not end the program.
  std::signal(SIGUSR1, SIG_IGN);
  const int code =
      convolve::cli::guarded_run(std::vector<std::string>(argv + std::min(argc, 1), argv + argc));
  convolve::exit_graph();
  return code;
}
