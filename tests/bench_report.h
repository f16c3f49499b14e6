// SPDX-License-Identifier: MIT
/// \file
/// The bench's table and its JSON.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "bench_measure.h"

namespace convolve::bench {

struct Machine {
  std::string cpu;
  std::string target;  ///< instruction set that the core uses
  double clock = 0;    ///< cycles per second
};

/// This machine, and the instruction set that the core would use here now.
Machine describe_machine(const std::string& target);

void print_head(std::ostream& out, const Machine& machine, int runs);
void print_row(std::ostream& out, const Result& result);
/// What is slower than a peer or misses its limit.
void print_summary(std::ostream& out, const std::vector<Result>& results);

void write_json(std::ostream& out, const Machine& machine, const std::vector<Result>& results);

}  // namespace convolve::bench
