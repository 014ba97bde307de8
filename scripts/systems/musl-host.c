// Loads an addon where no JavaScript runtime can be had, as for musl, and calls its functions: `musl-host
// ADDON`. Plays as much of Node-API as those calls need; any other function ends the program with its name.
// Prints TAP.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <node_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MOST_ITEMS 64

/** A JavaScript value. None is ever freed: the program is short. */
struct napi_value__ {
  napi_valuetype type;
  int is_array, is_buffer, is_typed;
  double number;
  char* text;
  uint8_t* bytes;
  size_t length, offset;
  napi_value buffer;
  napi_value items[MOST_ITEMS];
  char* keys[MOST_ITEMS];
  napi_callback call;
  void* data;
};

struct napi_callback_info__ {
  size_t count;
  const napi_value* words;
  void* data;
  /** What the function is called on. */
  napi_value self;
};

static void* instance;
static napi_value pending;
static napi_extended_error_info last_error;

static napi_value make(napi_valuetype type) {
  napi_value value = calloc(1, sizeof *value);
  value->type = type;
  return value;
}

static napi_value make_number(double number) {
  napi_value value = make(napi_number);
  value->number = number;
  return value;
}

static napi_value make_text(const char* text, size_t length) {
  napi_value value = make(napi_string);
  value->length = length == NAPI_AUTO_LENGTH ? strlen(text) : length;
  value->text = calloc(1, value->length + 1);
  memcpy(value->text, text, value->length);
  return value;
}

static napi_value make_boolean(int is) {
  napi_value value = make(napi_boolean);
  value->number = is;
  return value;
}

static void set(napi_value object, const char* key, napi_value value) {
  size_t at = 0;
  while (at < object->length && strcmp(object->keys[at], key) != 0) at++;
  if (at == MOST_ITEMS) abort();
  if (at == object->length) object->length++;
  object->keys[at] = strdup(key);
  object->items[at] = value;
}

static napi_value get(napi_value object, const char* key) {
  for (size_t at = 0; at < object->length; at++) {
    if (object->keys[at] != NULL && strcmp(object->keys[at], key) == 0) return object->items[at];
  }
  return make(napi_undefined);
}

#define GIVE(expression) return *result = (expression), napi_ok
#define API(name) napi_status NAPI_CDECL name

API(napi_get_undefined)(napi_env env, napi_value* result) {
  GIVE(make(napi_undefined));
}
API(napi_get_boolean)(napi_env env, bool is, napi_value* result) {
  GIVE(make_boolean(is));
}
API(napi_create_double)(napi_env env, double number, napi_value* result) {
  GIVE(make_number(number));
}
API(napi_create_object)(napi_env env, napi_value* result) {
  GIVE(make(napi_object));
}
API(napi_create_string_utf8)(napi_env env, const char* text, size_t length, napi_value* result) {
  GIVE(make_text(text, length));
}
API(napi_create_array)(napi_env env, napi_value* result) {
  *result = make(napi_object);
  (*result)->is_array = 1;
  return napi_ok;
}
API(napi_create_array_with_length)(napi_env env, size_t length, napi_value* result) {
  return napi_create_array(env, result);
}
API(napi_create_arraybuffer)(napi_env env, size_t length, void** data, napi_value* result) {
  *result = make(napi_object);
  (*result)->is_buffer = 1;
  (*result)->length = length;
  *data = (*result)->bytes = calloc(1, length);
  return napi_ok;
}
API(napi_create_typedarray)(napi_env env, napi_typedarray_type type, size_t length, napi_value buffer,
                            size_t offset, napi_value* result) {
  *result = make(napi_object);
  (*result)->is_typed = 1;
  (*result)->length = length;
  (*result)->offset = offset;
  (*result)->buffer = buffer;
  return napi_ok;
}
API(napi_create_function)(napi_env env, const char* name, size_t length, napi_callback call, void* data,
                          napi_value* result) {
  *result = make(napi_function);
  (*result)->call = call;
  (*result)->data = data;
  return napi_ok;
}
API(napi_define_properties)(napi_env env, napi_value object, size_t count,
                            const napi_property_descriptor* properties) {
  for (size_t at = 0; at < count; at++) {
    const napi_property_descriptor* property = &properties[at];
    napi_value value = property->value;
    if (property->method != NULL)
      napi_create_function(env, NULL, 0, property->method, property->data, &value);
    set(object, property->utf8name != NULL ? property->utf8name : property->name->text, value);
  }
  return napi_ok;
}
API(napi_define_class)(napi_env env, const char* name, size_t length, napi_callback construct, void* data,
                       size_t count, const napi_property_descriptor* properties, napi_value* result) {
  napi_create_function(env, name, length, construct, data, result);
  return napi_define_properties(env, *result, count, properties);
}
/** An instance has the properties of its class. */
API(napi_new_instance)(napi_env env, napi_value class, size_t count, const napi_value* words,
                       napi_value* result) {
  *result = make(napi_object);
  memcpy((*result)->keys, class->keys, sizeof class->keys);
  memcpy((*result)->items, class->items, sizeof class->items);
  (*result)->length = class->length;
  struct napi_callback_info__ info = {count, words, class->data, *result};
  class->call(NULL, &info);
  return napi_ok;
}
API(napi_get_new_target)(napi_env env, napi_callback_info info, napi_value* result) {
  GIVE(info->self);
}
API(napi_set_named_property)(napi_env env, napi_value object, const char* key, napi_value value) {
  return set(object, key, value), napi_ok;
}
API(napi_get_named_property)(napi_env env, napi_value object, const char* key, napi_value* result) {
  GIVE(get(object, key));
}
API(napi_get_property)(napi_env env, napi_value object, napi_value key, napi_value* result) {
  GIVE(get(object, key->text));
}
API(napi_has_property)(napi_env env, napi_value object, napi_value key, bool* result) {
  GIVE(get(object, key->text)->type != napi_undefined);
}
API(napi_set_element)(napi_env env, napi_value array, uint32_t at, napi_value value) {
  if (at >= MOST_ITEMS) abort();
  array->items[at] = value;
  if (array->length <= at) array->length = at + 1;
  return napi_ok;
}
API(napi_get_element)(napi_env env, napi_value array, uint32_t at, napi_value* result) {
  GIVE(array->items[at]);
}
API(napi_get_array_length)(napi_env env, napi_value array, uint32_t* result) {
  GIVE((uint32_t)array->length);
}
API(napi_is_array)(napi_env env, napi_value value, bool* result) {
  GIVE(value->is_array);
}
API(napi_is_arraybuffer)(napi_env env, napi_value value, bool* result) {
  GIVE(value->is_buffer);
}
API(napi_is_typedarray)(napi_env env, napi_value value, bool* result) {
  GIVE(value->is_typed);
}
API(napi_typeof)(napi_env env, napi_value value, napi_valuetype* result) {
  GIVE(value->type);
}
API(napi_get_value_bool)(napi_env env, napi_value value, bool* result) {
  GIVE(value->number != 0);
}
API(napi_get_value_double)(napi_env env, napi_value value, double* result) {
  GIVE(value->number);
}
API(napi_get_value_string_utf8)(napi_env env, napi_value value, char* text, size_t size, size_t* result) {
  if (text == NULL) GIVE(value->length);
  snprintf(text, size, "%s", value->text);
  if (result != NULL) *result = strlen(text);
  return napi_ok;
}
API(napi_get_arraybuffer_info)(napi_env env, napi_value value, void** data, size_t* length) {
  *data = value->bytes;
  if (length != NULL) *length = value->length;
  return napi_ok;
}
API(napi_get_typedarray_info)(napi_env env, napi_value value, napi_typedarray_type* type, size_t* length,
                              void** data, napi_value* buffer, size_t* offset) {
  if (type != NULL) *type = napi_uint8_array;
  if (length != NULL) *length = value->length;
  if (data != NULL) *data = value->buffer->bytes + value->offset;
  if (buffer != NULL) *buffer = value->buffer;
  if (offset != NULL) *offset = value->offset;
  return napi_ok;
}
API(napi_get_cb_info)(napi_env env, napi_callback_info info, size_t* count, napi_value* words,
                      napi_value* this_value, void** data) {
  if (count != NULL) {
    for (size_t at = 0; words != NULL && at < *count; at++) {
      words[at] = at < info->count ? info->words[at] : make(napi_undefined);
    }
    *count = info->count;
  }
  if (this_value != NULL) *this_value = info->self;
  if (data != NULL) *data = info->data;
  return napi_ok;
}
API(napi_set_instance_data)(napi_env env, void* data, napi_finalize finalize, void* hint) {
  return instance = data, napi_ok;
}
API(napi_get_instance_data)(napi_env env, void** result) {
  GIVE(instance);
}
API(napi_open_handle_scope)(napi_env env, napi_handle_scope* result) {
  GIVE(NULL);
}
API(napi_close_handle_scope)(napi_env env, napi_handle_scope scope) {
  return napi_ok;
}
API(napi_open_escapable_handle_scope)(napi_env env, napi_escapable_handle_scope* result) {
  GIVE(NULL);
}
API(napi_close_escapable_handle_scope)(napi_env env, napi_escapable_handle_scope scope) {
  return napi_ok;
}
API(napi_escape_handle)(napi_env env, napi_escapable_handle_scope scope, napi_value value,
                        napi_value* result) {
  GIVE(value);
}
API(napi_create_reference)(napi_env env, napi_value value, uint32_t count, napi_ref* result) {
  GIVE((napi_ref)value);
}
API(napi_get_reference_value)(napi_env env, napi_ref reference, napi_value* result) {
  GIVE((napi_value)reference);
}
API(napi_delete_reference)(napi_env env, napi_ref reference) {
  return napi_ok;
}
API(napi_wrap)(napi_env env, napi_value object, void* native, napi_finalize finalize, void* hint,
               napi_ref* result) {
  object->data = native;
  if (result != NULL) *result = (napi_ref)object;
  return napi_ok;
}
API(napi_unwrap)(napi_env env, napi_value object, void** result) {
  GIVE(object->data);
}
API(napi_add_finalizer)(napi_env env, napi_value object, void* data, napi_finalize finalize, void* hint,
                        napi_ref* result) {
  return napi_ok;
}
API(napi_add_env_cleanup_hook)(napi_env env, void (*hook)(void*), void* data) {
  return napi_ok;
}
API(napi_remove_env_cleanup_hook)(napi_env env, void (*hook)(void*), void* data) {
  return napi_ok;
}
static napi_status make_error(napi_value code, napi_value message, napi_value* result) {
  *result = make(napi_object);
  set(*result, "message", message);
  return napi_ok;
}
API(napi_create_error)(napi_env env, napi_value code, napi_value message, napi_value* result) {
  return make_error(code, message, result);
}
API(napi_create_type_error)(napi_env env, napi_value code, napi_value message, napi_value* result) {
  return make_error(code, message, result);
}
API(napi_create_range_error)(napi_env env, napi_value code, napi_value message, napi_value* result) {
  return make_error(code, message, result);
}
API(napi_throw)(napi_env env, napi_value error) {
  return pending = error, napi_ok;
}
API(napi_is_exception_pending)(napi_env env, bool* result) {
  GIVE(pending != NULL);
}
API(napi_get_and_clear_last_exception)(napi_env env, napi_value* result) {
  *result = pending;
  pending = NULL;
  return napi_ok;
}
API(napi_get_last_error_info)(node_api_basic_env env, const napi_extended_error_info** result) {
  GIVE(&last_error);
}
API(napi_coerce_to_string)(napi_env env, napi_value value, napi_value* result) {
  char text[32];
  snprintf(text, sizeof text, "%g", value->number);
  GIVE(value->type == napi_string ? value : make_text(text, NAPI_AUTO_LENGTH));
}

static napi_value addon;
static int checks, failures;

static napi_value call_on(napi_value object, const char* name, size_t count, const napi_value* words) {
  napi_value function = get(object, name);
  if (function->type != napi_function) return make(napi_undefined);
  struct napi_callback_info__ info = {count, words, function->data, object};
  // A call that throws, or that returns nothing, has no value.
  napi_value answer = function->call(NULL, &info);
  return answer == NULL ? make(napi_undefined) : answer;
}

static napi_value call(const char* name, size_t count, const napi_value* words) {
  return call_on(addon, name, count, words);
}

static napi_value call_with_text(const char* name, const char* text) {
  napi_value word = make_text(text, NAPI_AUTO_LENGTH);
  return call(name, 1, &word);
}

static void check(int is_so, const char* name) {
  printf("%s %d - %s\n", is_so && pending == NULL ? "ok" : "not ok", ++checks, name);
  if (pending != NULL) printf("# %s\n", get(pending, "message")->text);
  failures += !is_so || pending != NULL;
  pending = NULL;
}

static int has_port(napi_value bits, int port) {
  if (!bits->is_typed) return 0;
  return bits->buffer->bytes[bits->offset + port / 8] >> port % 8 & 1;
}

/** An array of one text, as for transports. */
static napi_value list_of(const char* text) {
  napi_value list = make(napi_object);
  list->is_array = 1;
  list->length = text == NULL ? 0 : 1;
  if (text != NULL) list->items[0] = make_text(text, NAPI_AUTO_LENGTH);
  return list;
}

static napi_value ports_between(int low, int high) {
  void* bytes;
  napi_value buffer, bits;
  napi_create_arraybuffer(NULL, 8192, &bytes, &buffer);
  for (int port = low; port <= high; port++) ((uint8_t*)bytes)[port / 8] |= 1 << port % 8;
  napi_create_typedarray(NULL, napi_uint8_array, 8192, buffer, 0, &bits);
  return bits;
}

static napi_value request(int low, int high) {
  napi_value words = make(napi_object);
  set(words, "ports", ports_between(low, high));
  set(words, "hosts", list_of(NULL));
  set(words, "transports", list_of("tcp"));
  return words;
}

int main(int count, char** words) {
  // What was checked before a crash is to be seen.
  setvbuf(stdout, NULL, _IOLBF, 0);
  void* library = count == 2 ? dlopen(words[1], RTLD_NOW) : NULL;
  if (library == NULL) return printf("Bail out! %s\n", count == 2 ? dlerror() : "expected an addon"), 1;
  napi_value (*register_module)(napi_env, napi_value) = (void*)dlsym(library, "napi_register_module_v1");
  addon = make(napi_object);
  napi_value answer = register_module(NULL, addon);
  if (answer != NULL) addon = answer;
  check(get(addon, "pickSync")->type == napi_function, "it loads, and has functions");

  napi_value ranges = call("ephemeralRanges", 0, NULL);
  check(ranges->length >= 2 && ranges->items[0]->number < ranges->items[1]->number,
        "the kernel names an ephemeral range");
  check(call_with_text("isAddress", "::1")->number == 1, "::1 is an address");
  check(call_with_text("isAddress", "nonsense")->number == 0, "nonsense is none");
  check(call_with_text("isLocalAddress", "127.0.0.1")->number == 1, "127.0.0.1 is of this machine");

  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  const int server = socket(AF_INET, SOCK_STREAM, 0);
  if (bind(server, (void*)&address, size) != 0 || listen(server, 1) != 0) return perror("listen"), 1;
  getsockname(server, (void*)&address, &size);
  const int port = ntohs(address.sin_port);

  const napi_value table[] = {make_text("tcp", 3), make_text("listen", 6)};
  check(has_port(call("tablePorts", 2, table), port), "the socket table shows a server");

  napi_value scan = request(port, port);
  set(scan, "method", make_text("bind", 4));
  set(scan, "timeout", make_number(1000));
  set(scan, "concurrency", make_number(10));
  set(scan, "skipIfDown", make_boolean(0));
  set(scan, "reset", make_boolean(0));
  check(has_port(get(call("scanSync", 1, &scan), "used"), port), "a scan by bind finds it");
  set(scan, "method", make_text("connect", 7));
  napi_value hosts = list_of("127.0.0.1");
  set(scan, "hosts", hosts);
  check(has_port(get(call("scanSync", 1, &scan), "used"), port), "a scan by connect finds it");

  napi_value pick = request(20000, 20999);
  set(pick, "count", make_number(5));
  set(pick, "hold", make_boolean(1));
  set(pick, "reuseAddress", make_boolean(0));
  napi_value picked = call("pickSync", 1, &pick);
  napi_value ports = get(picked, "ports"), leases = get(picked, "leases");
  check(ports->length == 5 && leases->length == 5, "five ports are picked and held");
  check(call_on(leases->items[0], "holds", 0, NULL)->number == 1, "a lease holds its port");
  for (size_t at = 0; at < leases->length; at++) call_on(leases->items[at], "release", 0, NULL);
  check(call_on(leases->items[0], "holds", 0, NULL)->number == 0, "and lets it go");

  napi_value wrong = request(1, 1);
  set(wrong, "transports", list_of("sctp"));
  set(wrong, "count", make_number(1));
  set(wrong, "hold", make_boolean(0));
  set(wrong, "reuseAddress", make_boolean(0));
  call("pickSync", 1, &wrong);
  const int is_refused = pending != NULL;
  pending = NULL;
  check(is_refused, "a C++ exception becomes an error of JavaScript");

  close(server);
  printf("1..%d\n", checks);
  return failures > 0;
}
