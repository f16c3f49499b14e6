// SPDX-License-Identifier: MIT
#include "bench_report.h"

#include <cstdio>
#include <fstream>
#include <functional>
#include <ostream>

namespace convolve::bench {

namespace {

template <typename... Values>
std::string format(const char* pattern, Values... values) {
  char text[256];
  std::snprintf(text, sizeof text, pattern, values...);
  return text;
}

// How many times the peer's time per pixel is ours.
std::string peer_text(const Timing& peer, const Timing& ours) {
  if (!peer || !ours) return format("%16s", "-");
  return format("%8.3f %6.2fx", peer.median, peer.median / ours.median);
}

std::string limit_text(const Result& result) {
  const Work& work = result.row.work;
  if (work.must == 0) return format("%-12s", "");
  const double times = result.times_memcpy();
  const char* verdict = times <= work.aim ? "aim" : times <= work.must ? "yes" : "NO";
  return format("%5.1fx %-5s", work.must, verdict);
}

std::string against_text(const Result& result) {
  if (!result.row.against || !result.against || !result.ours) return {};
  const Against& against = *result.row.against;
  std::string text = format("%.2fx %s", result.against_ratio(), against.what.c_str());
  if (result.against_applies()) {
    text += format(", %s %.2fx: %s", against.at_least ? "at least" : "at most", against.limit,
                   result.against_met() ? "yes" : "NO");
  }
  return text;
}

void list(std::ostream& out, const std::vector<Result>& results, const char* title,
          const std::function<std::string(const Result&)>& say) {
  bool first = true;
  for (const Result& result : results) {
    if (!result.ours) continue;
    const std::string text = say(result);
    if (text.empty()) continue;
    if (first) out << '\n' << title << '\n';
    first = false;
    out << format("  %-32s ", result.row.id.c_str()) << text << '\n';
  }
}

std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char letter : text) {
    if (letter == '"' || letter == '\\') result += '\\';
    if (static_cast<unsigned char>(letter) >= 0x20) result += letter;
  }
  return result + '"';
}

const char* through_name(Through through) {
  switch (through) {
    case Through::element:
      return "element";
    case Through::pipeline:
      return "pipeline";
    case Through::core:
      break;
  }
  return "core";
}

void write_timing(std::ostream& out, const char* name, const Timing& timing) {
  if (!timing) return;
  out << format(", \"%s\": {\"ns_per_pixel\": %.6g, \"best\": %.6g, \"page_faults\": %.6g}", name,
                timing.median, timing.best, timing.faults);
}

void write_row(std::ostream& out, const Result& result) {
  const Setting& setting = result.row.setting;
  out << "    {\"id\": " << quoted(result.row.id) << ", \"format\": " << quoted(setting.format)
      << ", \"width\": " << setting.size.width << ", \"height\": " << setting.size.height
      << ", \"threads\": " << setting.threads
      << ", \"through\": " << quoted(through_name(setting.through));
  write_timing(out, "ours", result.ours);
  write_timing(out, "memcpy", result.copy);
  write_timing(out, "opencv", result.opencv);
  write_timing(out, "libavfilter", result.libav);
  if (result.ours) {
    out << format(", \"times_memcpy\": %.4g, \"macs_per_cycle\": %.4g", result.times_memcpy(),
                  result.macs_per_cycle);
  }
  if (result.row.work.must > 0) {
    out << format(", \"must\": %.4g, \"aim\": %.4g", result.row.work.must, result.row.work.aim);
  }
  if (result.row.against && result.against && result.ours) {
    out << ", \"against\": {\"what\": " << quoted(result.row.against->what)
        << format(", \"ratio\": %.4g", result.against_ratio());
    if (result.against_applies()) {
      out << format(", \"limit\": %.4g, \"met\": %s", result.row.against->limit,
                    result.against_met() ? "true" : "false");
    }
    out << '}';
  }
  out << '}';
}

}  // namespace

Machine describe_machine(const std::string& target) {
  Machine machine{.cpu = "unknown CPU", .target = target, .clock = measure_clock()};
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (line.starts_with("model name")) {
      machine.cpu = line.substr(line.find(':') + 2);
      break;
    }
  }
  return machine;
}

void print_head(std::ostream& out, const Machine& machine, int runs) {
  out << "CPU " << machine.cpu << ", instruction set " << machine.target
      << format(", about %.2f GHz by a chain of additions\n", machine.clock / 1e9)
      << "Medians of up to " << runs
      << " runs, contenders in turn. One thread: time of that thread; "
         "more, and pipelines: wall time.\nns/px: of output. x of a peer: how many times as long "
         "it takes. "
         "MAC/cy: "
         "multiplications that\nthe work needs, not those done. The limit is for GRAY8, times "
         "memcpy.\n\n"
      << format("%-32s %8s %8s  %-12s%16s%16s %7s %7s  %s\n", "row", "ns/px", "xmemcpy",
                "limit met", "OpenCV", "libavfilter", "MAC/cy", "faults", "against");
}

void print_row(std::ostream& out, const Result& result) {
  if (!result.ours) {
    out << format("%-32s %8s\n", result.row.id.c_str(), "-") << std::flush;
    return;
  }
  out << format("%-32s %8.4f %8.2f  ", result.row.id.c_str(), result.ours.median,
                result.times_memcpy())
      << limit_text(result) << peer_text(result.opencv, result.ours)
      << peer_text(result.libav, result.ours)
      << format(" %7.1f %7.2f  ", result.macs_per_cycle, result.ours.faults) << against_text(result)
      << '\n'
      << std::flush;
}

void print_summary(std::ostream& out, const std::vector<Result>& results) {
  list(out, results, "Slower than a peer:", [](const Result& result) {
    std::string text;
    const auto compare = [&](const char* name, const Timing& peer) {
      if (peer && peer.median < result.ours.median) {
        text += format("%s takes %.2f of our time  ", name, peer.median / result.ours.median);
      }
    };
    compare("OpenCV", result.opencv);
    compare("libavfilter", result.libav);
    return text;
  });
  list(out, results, "Above the limit in times of memcpy:", [](const Result& result) {
    const double must = result.row.work.must;
    if (must == 0 || result.times_memcpy() <= must) return std::string();
    return format("%.2fx, at most %.1fx", result.times_memcpy(), must);
  });
  list(out, results, "Limits of comparisons missed:", [](const Result& result) {
    const bool missed = result.against && result.against_applies() && !result.against_met();
    return missed ? against_text(result) : std::string();
  });
  list(out, results, "Page faults:", [](const Result& result) {
    return result.ours.faults > 0.01 ? format("%.2f a frame", result.ours.faults) : std::string();
  });
}

void write_json(std::ostream& out, const Machine& machine, const std::vector<Result>& results) {
  out << "{\n  \"cpu\": " << quoted(machine.cpu) << ",\n  \"target\": " << quoted(machine.target)
      << format(",\n  \"clock_hz\": %.4g,\n  \"rows\": [\n", machine.clock);
  for (std::size_t i = 0; i < results.size(); ++i) {
    write_row(out, results[i]);
    out << (i + 1 < results.size() ? ",\n" : "\n");
  }
  out << "  ]\n}\n";
}

}  // namespace convolve::bench
