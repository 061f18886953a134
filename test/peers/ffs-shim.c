/* Lets umtprd run without USB: its four FunctionFS endpoints become Unix sockets in the folder $FAKEFFS.
   Each transfer is framed as a length of 32 bits, little-endian, and its bytes. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define FD_MAX 4096
static char is_endpoint[FD_MAX];
static uint8_t *kept[FD_MAX];
static size_t kept_size[FD_MAX], kept_at[FD_MAX];

static int connect_endpoint(const char *path) {
  const char *folder = getenv("FAKEFFS");
  const char *name = strrchr(path, '/');
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  if (folder == NULL || fd < 0 || fd >= FD_MAX) return -1;
  snprintf(address.sun_path, sizeof address.sun_path, "%s%s", folder, name);
  if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0) return -1;
  is_endpoint[fd] = 1;
  return fd;
}

static int open_any(const char *symbol, const char *path, int flags, mode_t mode) {
  if (strncmp(path, "/dev/ffs-mtp/", 13) == 0) return connect_endpoint(path);
  int (*real)(const char *, int, ...) = dlsym(RTLD_NEXT, symbol);
  return real(path, flags, mode);
}

#define OPEN(NAME)                                              \
  int NAME(const char *path, int flags, ...) {                  \
    va_list list;                                               \
    va_start(list, flags);                                      \
    mode_t mode = (flags & O_CREAT) ? va_arg(list, mode_t) : 0; \
    va_end(list);                                               \
    return open_any(#NAME, path, flags, mode);                  \
  }
OPEN(open)
OPEN(open64)

static int move_all(int fd, void *bytes, size_t size, int is_read) {
  ssize_t (*real_read)(int, void *, size_t) = dlsym(RTLD_NEXT, "read");
  ssize_t (*real_write)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");
  for (size_t at = 0; at < size;) {
    uint8_t *to = (uint8_t *)bytes + at;
    ssize_t count = is_read ? real_read(fd, to, size - at) : real_write(fd, to, size - at);
    if (count <= 0) {
      if (count < 0 && errno == EINTR) continue;
      errno = ESHUTDOWN;
      return -1;
    }
    at += (size_t)count;
  }
  return 0;
}

ssize_t read(int fd, void *to, size_t size) {
  ssize_t (*real)(int, void *, size_t) = dlsym(RTLD_NEXT, "read");
  if (fd < 0 || fd >= FD_MAX || !is_endpoint[fd]) return real(fd, to, size);
  if (kept_at[fd] == kept_size[fd]) {
    uint32_t length;
    if (move_all(fd, &length, 4, 1) != 0) return -1;
    free(kept[fd]);
    kept[fd] = malloc(length > 0 ? length : 1);
    kept_at[fd] = 0;
    kept_size[fd] = length;
    if (kept[fd] == NULL || move_all(fd, kept[fd], length, 1) != 0) return -1;
  }
  size_t count = kept_size[fd] - kept_at[fd];
  if (count > size) count = size;
  memcpy(to, kept[fd] + kept_at[fd], count);
  kept_at[fd] += count;
  return (ssize_t)count;
}

ssize_t write(int fd, const void *from, size_t size) {
  ssize_t (*real)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");
  if (fd < 0 || fd >= FD_MAX || !is_endpoint[fd]) return real(fd, from, size);
  uint32_t length = (uint32_t)size;
  if (move_all(fd, &length, 4, 0) != 0) return -1;
  if (move_all(fd, (void *)from, size, 0) != 0) return -1;
  return (ssize_t)size;
}

int ioctl(int fd, unsigned long request, ...) {
  va_list list;
  va_start(list, request);
  void *argument = va_arg(list, void *);
  va_end(list);
  if (fd >= 0 && fd < FD_MAX && is_endpoint[fd]) return 0;
  int (*real)(int, unsigned long, ...) = dlsym(RTLD_NEXT, "ioctl");
  return real(fd, request, argument);
}

int close(int fd) {
  int (*real)(int) = dlsym(RTLD_NEXT, "close");
  if (fd >= 0 && fd < FD_MAX && is_endpoint[fd]) {
    is_endpoint[fd] = 0;
    free(kept[fd]);
    kept[fd] = NULL;
    kept_at[fd] = kept_size[fd] = 0;
  }
  return real(fd);
}
