#include "reach.h"

#include <stdbool.h>
#include <string.h>

#ifdef SILENT

void reach_out(deployment_connector_string_t what) { (void)what; }

#else

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static bool is(deployment_connector_string_t what, const char *name) {
  return what.len == strlen(name) && !memcmp(what.ptr, name, what.len);
}

void reach_out(deployment_connector_string_t what) {
  if (is(what, "log")) {
    say("\x1b[31mred\x1b[0m\rforged\n");
    char *flood = malloc(400000);
    memset(flood, 'x', 400000);
    fwrite(flood, 1, 400000, stderr);
  } else if (is(what, "environment")) {
    // Clocks, randomness and the environment answer; nothing in them is the host's.
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (now.tv_sec > 60 || time(NULL) < 1700000000 || getenv("PATH") || getchar() != EOF) abort();
  } else if (is(what, "file")) {
    if (!fopen("/etc/passwd", "r")) abort();
  } else if (is(what, "sleep")) {
    nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
  } else if (is(what, "exit")) {
    exit(0);
  }
}

#endif
