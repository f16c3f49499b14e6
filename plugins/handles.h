// SPDX-License-Identifier: MIT
/// \file
/// Owners of GStreamer's things, so that every path gives them back.
#pragma once

#include <memory>

#include <gst/gst.h>

namespace convolve {

struct CapsUnref {
  void operator()(GstCaps* caps) const noexcept { gst_caps_unref(caps); }
};
using CapsPtr = std::unique_ptr<GstCaps, CapsUnref>;

struct BufferUnref {
  void operator()(GstBuffer* buffer) const noexcept { gst_buffer_unref(buffer); }
};
using BufferPtr = std::unique_ptr<GstBuffer, BufferUnref>;

struct StructureFree {
  void operator()(GstStructure* structure) const noexcept { gst_structure_free(structure); }
};
using StructurePtr = std::unique_ptr<GstStructure, StructureFree>;

template <typename T>
struct ObjectUnref {
  void operator()(T* object) const noexcept { gst_object_unref(object); }
};
template <typename T>
using ObjectPtr = std::unique_ptr<T, ObjectUnref<T>>;

struct GFree {
  void operator()(char* text) const noexcept { g_free(text); }
};
using TextPtr = std::unique_ptr<char, GFree>;

/// A GValue that is unset at the end of its scope.
class ScopedValue {
 public:
  ScopedValue() = default;
  explicit ScopedValue(GType type) { g_value_init(&value_, type); }
  ScopedValue(const ScopedValue&) = delete;
  ScopedValue& operator=(const ScopedValue&) = delete;
  ~ScopedValue() {
    if (G_IS_VALUE(&value_)) g_value_unset(&value_);
  }
  [[nodiscard]] GValue* get() noexcept { return &value_; }

 private:
  GValue value_ = G_VALUE_INIT;
};

/// Holds an object's lock for a scope.
class ObjectLock {
 public:
  explicit ObjectLock(gpointer object) noexcept : object_(GST_OBJECT_CAST(object)) {
    GST_OBJECT_LOCK(object_);
  }
  ObjectLock(const ObjectLock&) = delete;
  ObjectLock& operator=(const ObjectLock&) = delete;
  ~ObjectLock() { GST_OBJECT_UNLOCK(object_); }

 private:
  GstObject* object_;
};

}  // namespace convolve
