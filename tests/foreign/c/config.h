// The target's configuration: a JSON object of strings, with all its faults at once.
#pragma once

#include <stdbool.h>

#include "deployment_connector.h"

typedef deployment_connector_string_t string;
typedef exports_lastmile_connector_connector_list_problem_t problems;

enum key { CERTIFICATE, KEY, CHAIN, PROGRAM, CONFIG_FILE, ERROR_LOG, OWNER, GROUP, REACH, KEYS };

struct config {
  string value[KEYS]; // without ptr where it was not written
};

static inline bool has(const struct config *config, enum key key) { return config->value[key].ptr; }

// Whether it is without fault; otherwise `faults` says what is wrong with it.
bool config_parse(string json, struct config *config, problems *faults);
