// nginx: write certificate and key, let nginx test its configuration, reload.
//
// An instance lives for one call, so nothing is freed here. What is returned is freed by the bindings and must
// come from malloc.

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "reach.h"

typedef exports_lastmile_connector_connector_deployment_t deployment;
typedef exports_lastmile_connector_connector_failure_t failure;
typedef exports_lastmile_connector_connector_receipt_t receipt;
typedef lastmile_connector_types_part_t part;

static string literal(const char *text) { return (string){(uint8_t *)text, strlen(text)}; }

// One text from pieces, the last of which is followed by NULL.
static string join(const string *first, ...) {
  string all = {0};
  va_list rest;
  va_start(rest, first);
  for (const string *piece = first; piece; piece = va_arg(rest, const string *)) {
    all.ptr = realloc(all.ptr, all.len + piece->len + 1);
    memcpy(all.ptr + all.len, piece->ptr, piece->len);
    all.len += piece->len;
  }
  va_end(rest);
  return all;
}

static deployment_connector_list_string_t command(const struct config *config, const char *one, const char *two) {
  string *argv = calloc(7, sizeof *argv);
  size_t n = 0;
  argv[n++] = has(config, PROGRAM) ? config->value[PROGRAM] : literal("/usr/sbin/nginx");
  if (has(config, CONFIG_FILE)) argv[n++] = literal("-c"), argv[n++] = config->value[CONFIG_FILE];
  if (has(config, ERROR_LOG)) argv[n++] = literal("-e"), argv[n++] = config->value[ERROR_LOG];
  argv[n++] = literal(one);
  if (two) argv[n++] = literal(two);
  return (deployment_connector_list_string_t){argv, n};
}

// A door's refusal is the deployment's failure.
static bool refused(uint8_t tag, uint8_t denied, string text, failure *err) {
  err->tag = tag == denied ? EXPORTS_LASTMILE_CONNECTOR_CONNECTOR_FAILURE_DENIED
                           : EXPORTS_LASTMILE_CONNECTOR_CONNECTOR_FAILURE_REJECTED;
  err->val.rejected = text;
  return false;
}

static bool write_file(const struct config *config, enum key path, part content, uint32_t mode, bool *changed,
                       failure *err) {
  lastmile_connector_fs_document_t document = {&content, 1};
  lastmile_connector_fs_attributes_t attributes = {
      .mode = mode,
      .owner = {has(config, OWNER), config->value[OWNER]},
      .group = {has(config, GROUP), config->value[GROUP]},
  };
  lastmile_connector_fs_outcome_t outcome;
  lastmile_connector_fs_error_t error;
  string name = config->value[path];
  say("writing %.*s\n", (int)name.len, (char *)name.ptr);
  if (!lastmile_connector_fs_write(&name, &document, &attributes, &outcome, &error))
    return refused(error.tag, LASTMILE_CONNECTOR_FS_ERROR_DENIED, error.val.denied, err);
  *changed |= outcome != LASTMILE_CONNECTOR_FS_OUTCOME_UNCHANGED;
  return true;
}

static part text_part(string text) {
  return (part){.tag = LASTMILE_CONNECTOR_TYPES_PART_TEXT, .val.text = text};
}

static bool write_files(const struct config *config, const deployment *deployment, bool *changed, failure *err) {
  part key = {.tag = LASTMILE_CONNECTOR_TYPES_PART_SEALED};
  key.val.sealed.secret.tag = LASTMILE_CONNECTOR_TYPES_SECRET_PRIVATE_KEY;
  key.val.sealed.secret.val.private_key = LASTMILE_CONNECTOR_TYPES_KEY_FORMAT_PKCS8;
  key.val.sealed.encoding = LASTMILE_CONNECTOR_TYPES_ENCODING_RAW;
  string leaf = deployment->certificate.leaf_pem, chain = deployment->certificate.chain_pem;
  bool apart = has(config, CHAIN);
  // A group was named so that it may read the key.
  return write_file(config, KEY, key, has(config, GROUP) ? 0640 : 0600, changed, err) &&
         write_file(config, CERTIFICATE, text_part(apart ? leaf : join(&leaf, &chain, NULL)), 0644, changed, err) &&
         (!apart || write_file(config, CHAIN, text_part(chain), 0644, changed, err));
}

// Runs it; `complaint` is what the program complained of, or has no ptr.
static bool run(deployment_connector_list_string_t argv, bool repeat, string *complaint, failure *err) {
  lastmile_connector_process_command_t command = {.argv = argv};
  command.on_rollback.tag =
      repeat ? LASTMILE_CONNECTOR_PROCESS_ROLLBACK_REPEAT : LASTMILE_CONNECTOR_PROCESS_ROLLBACK_NOTHING;
  lastmile_connector_process_output_t output;
  lastmile_connector_process_error_t error;
  if (!lastmile_connector_process_exec(&command, &output, &error))
    return refused(error.tag, LASTMILE_CONNECTOR_PROCESS_ERROR_DENIED, error.val.denied, err);
  bool good = output.status.tag == LASTMILE_CONNECTOR_PROCESS_STATUS_EXITED && !output.status.val.exited;
  *complaint = good ? (string){0} : (string){output.stderr_.ptr, output.stderr_.len};
  if (!good && !complaint->ptr) *complaint = literal("it says nothing");
  return true;
}

static bool receive(const struct config *config, bool changed, const char *note, receipt *ret) {
  ret->changed = changed;
  ret->reference = join(&config->value[CERTIFICATE], NULL);
  deployment_connector_string_dup(&ret->note, note);
  return true;
}

void exports_lastmile_connector_connector_name(string *ret) { deployment_connector_string_dup(ret, "nginx-c"); }

bool exports_lastmile_connector_connector_capabilities(
    string *json, exports_lastmile_connector_connector_list_capability_t *ret, problems *err) {
  struct config config;
  if (!config_parse(*json, &config, err)) return false;
  ret->ptr = calloc(5, sizeof *ret->ptr);
  ret->len = 0;
  for (enum key file = CERTIFICATE; file <= CHAIN; file++)
    if (has(&config, file)) {
      ret->ptr[ret->len].tag = EXPORTS_LASTMILE_CONNECTOR_CONNECTOR_CAPABILITY_FS_WRITE;
      ret->ptr[ret->len++].val.fs_write = join(&config.value[file], NULL);
    }
  for (int last = 0; last < 2; last++) {
    deployment_connector_list_string_t argv = last ? command(&config, "-s", "reload") : command(&config, "-t", NULL);
    for (size_t i = 0; i < argv.len; i++) argv.ptr[i] = join(&argv.ptr[i], NULL);
    ret->ptr[ret->len].tag = EXPORTS_LASTMILE_CONNECTOR_CONNECTOR_CAPABILITY_PROCESS_EXEC;
    ret->ptr[ret->len++].val.process_exec = argv;
  }
  return true;
}

bool exports_lastmile_connector_connector_deploy(deployment *deployment, receipt *ret, failure *err) {
  struct config config;
  err->tag = EXPORTS_LASTMILE_CONNECTOR_CONNECTOR_FAILURE_MISCONFIGURED;
  if (!config_parse(deployment->config, &config, &err->val.misconfigured)) return false;
  bool changed = false;
  if (!write_files(&config, deployment, &changed, err)) return false;
  if (has(&config, REACH)) reach_out(config.value[REACH]);
  // A later attempt reloads in any case: the files may be right and the server may not have read them.
  if (!changed && deployment->attempt <= 1) return receive(&config, false, "nginx has it already", ret);
  string complaint;
  if (!run(command(&config, "-t", NULL), false, &complaint, err)) return false;
  if (complaint.ptr) {
    err->tag = EXPORTS_LASTMILE_CONNECTOR_CONNECTOR_FAILURE_REJECTED;
    err->val.rejected = join(&(string){(uint8_t *)"nginx -t: ", 10}, &complaint, NULL);
    return false;
  }
  if (!run(command(&config, "-s", "reload"), true, &complaint, err)) return false;
  if (complaint.ptr) {
    err->tag = EXPORTS_LASTMILE_CONNECTOR_CONNECTOR_FAILURE_UNAVAILABLE;
    err->val.unavailable.f0 = join(&(string){(uint8_t *)"is nginx running? ", 18}, &complaint, NULL);
    err->val.unavailable.f1.is_some = false;
    return false;
  }
  return receive(&config, changed, "nginx reloaded", ret);
}

bool exports_lastmile_connector_connector_observe(deployment *deployment, deployment_connector_option_string_t *ret,
                                                  failure *err) {
  (void)deployment, (void)err;
  ret->is_some = false;
  return true;
}
