// What no connector has. The tests let it reach out for it when its files are written and nginx has not read them.
#pragma once

#include "deployment_connector.h"

void reach_out(deployment_connector_string_t what);

// Standard output is what brings WASI in: built with -DSILENT the component imports none.
#ifdef SILENT
#define say(...) ((void)0)
#else
// libc holds lines back that go to no terminal, and nothing flushes them when the call ends.
#define say(...) (printf(__VA_ARGS__), fflush(stdout))
#endif
