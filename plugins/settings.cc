// SPDX-License-Identifier: MIT
#include "settings.h"

#include <exception>
#include <utility>

#include <convolve/engine.h>

#include "handles.h"

namespace convolve {

namespace {

std::shared_ptr<const Plan> make_plan(const FilterInfo& info, const Params& values,
                                      std::string error) {
  auto plan = std::make_shared<Plan>();
  plan->error = std::move(error);
  if (!plan->error.empty()) return plan;
  try {
    std::shared_ptr<const Filter> filter = info.make(values);
    Engine::check_roi(*filter);
    plan->filter = std::move(filter);
  } catch (const std::exception& problem) {
    plan->error = problem.what();
  }
  return plan;
}

}  // namespace

Settings::Settings(GstObject* owner, const FilterInfo& info)
    : owner_(owner), info_(info), values_(info.new_params()), committed_(values_->clone()) {}

ParamValue Settings::value(const Param& param) const {
  const ObjectLock lock(owner_);
  return param.get(*values_);
}

void Settings::set_value(const Param& param, const ParamValue& value) {
  const ObjectLock lock(owner_);
  // Text may name a file, which may have changed.
  const bool same = param.type != ParamType::text && param.get(*values_) == value;
  if (same && !refused_.contains(&param)) return;
  changed_ = true;
  try {
    set_param(*values_, param, value);
    refused_.erase(&param);
  } catch (const ParamError& problem) {
    refused_[&param] = problem.what();
  }
}

bool Settings::commit() {
  const ObjectLock lock(owner_);
  if (!changed_) return false;
  changed_ = false;
  committed_ = values_->clone();
  committed_error_ = refused_.empty() ? std::string() : refused_.begin()->second;
  ++generation_;
  return true;
}

std::shared_ptr<const Plan> Settings::plan() {
  std::unique_ptr<const Params> values;
  std::string error;
  std::uint64_t generation = 0;
  {
    const ObjectLock lock(owner_);
    if (plan_generation_ == generation_) return plan_;
    values = committed_->clone();
    error = committed_error_;
    generation = generation_;
  }
  const std::shared_ptr<const Plan> made = make_plan(info_, *values, std::move(error));

  const ObjectLock lock(owner_);
  // Another thread may have been faster, or have had newer values.
  if (generation > plan_generation_) {
    plan_ = made;
    plan_generation_ = generation;
  }
  return plan_;
}

}  // namespace convolve
