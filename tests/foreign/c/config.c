#include "config.h"

#include <stdlib.h>
#include <string.h>

static const char *const NAMES[KEYS] = {
    [CERTIFICATE] = "certificate", [KEY] = "key",         [CHAIN] = "chain",
    [PROGRAM] = "program",         [CONFIG_FILE] = "config-file", [ERROR_LOG] = "error-log",
    [OWNER] = "owner",             [GROUP] = "group",     [REACH] = "reach",
};

static void complain(problems *faults, string key, const char *message) {
  exports_lastmile_connector_connector_problem_t problem;
  problem.pointer.len = key.len + 1;
  problem.pointer.ptr = malloc(problem.pointer.len);
  problem.pointer.ptr[0] = '/';
  memcpy(problem.pointer.ptr + 1, key.ptr, key.len);
  deployment_connector_string_dup(&problem.message, message);
  faults->ptr = realloc(faults->ptr, (faults->len + 1) * sizeof problem);
  faults->ptr[faults->len++] = problem;
}

// The host hands over well-formed JSON; what is read here is the part of it that a path or a name needs.
struct reader {
  const uint8_t *at, *end;
};

static bool take(struct reader *in, char c) {
  while (in->at < in->end && strchr(" \t\r\n", *in->at)) in->at++;
  if (in->at == in->end || *in->at != c) return false;
  in->at++;
  return true;
}

// The text between two quotes. No path needs an escape but these two.
static bool text(struct reader *in, string *into) {
  if (!take(in, '"')) return false;
  into->ptr = malloc(in->end - in->at + 1);
  into->len = 0;
  while (in->at < in->end && *in->at != '"') {
    if (*in->at == '\\' && (++in->at == in->end || !strchr("\"\\/", *in->at))) return false;
    into->ptr[into->len++] = *in->at++;
  }
  return take(in, '"');
}

static void entry(struct config *config, problems *faults, string key, string value) {
  for (int i = 0; i < KEYS; i++) {
    if (key.len != strlen(NAMES[i]) || memcmp(key.ptr, NAMES[i], key.len)) continue;
    if (i <= ERROR_LOG && (!value.len || value.ptr[0] != '/')) complain(faults, key, "it is no absolute path");
    config->value[i] = value;
    return;
  }
  complain(faults, key, "there is no such key");
}

bool config_parse(string json, struct config *config, problems *faults) {
  struct reader in = {json.ptr, json.ptr + json.len};
  *config = (struct config){0};
  *faults = (problems){0};
  string key = {0}, value = {0};
  bool more = take(&in, '{') && !take(&in, '}');
  while (more) {
    if (!text(&in, &key) || !take(&in, ':') || !text(&in, &value)) {
      complain(faults, key, "it is no plain string");
      return false;
    }
    entry(config, faults, key, value);
    more = take(&in, ',');
  }
  for (int i = CERTIFICATE; i <= KEY; i++) {
    string name = {(uint8_t *)NAMES[i], strlen(NAMES[i])};
    if (!has(config, i)) complain(faults, name, "it is missing");
  }
  return !faults->len;
}
