#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>

#include "base/report.h"
#include "capture/interface_counters.h"
#include "capture/link_watch.h"
#include "capture/returned_rings.h"
#include "capture/workers.h"
#include "capture/write_rate.h"
#include "store/disk_thread.h"

namespace ringtail::capture {

// What is there for all recordings; outlives them.
struct Surroundings {
  boost::asio::io_context& control;
  boost::asio::thread_pool& opener;  // of one thread
  ReturnedRings& returned_rings;
  Workers& workers;
  store::DiskThread& disk;
  WriteRate& write_rate;
  LinkWatch& links;
  InterfaceCounters& interface_counters;
  const base::Reporter& report;
  std::function<void()> look;  // for who has something new: looks at all recordings
};

}  // namespace ringtail::capture
