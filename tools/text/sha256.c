#define _POSIX_C_SOURCE 200809L

#include "text/sha256.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

struct sha256 {
  uint32_t state[8];
  uint64_t size; /* bytes so far */
  unsigned char block[64];
};

static const uint32_t round_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be,
    0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
    0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
    0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
    0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f,
    0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t rotate(uint32_t value, int bits) { return value >> bits | value << (32 - bits); }

static void add_block(struct sha256 *hash, const unsigned char *bytes) {
  uint32_t w[64];
  for (size_t i = 0; i < 16; i++)
    w[i] = (uint32_t)bytes[4 * i] << 24 | (uint32_t)bytes[4 * i + 1] << 16 | (uint32_t)bytes[4 * i + 2] << 8 | bytes[4 * i + 3];
  for (int i = 16; i < 64; i++) {
    uint32_t a = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ w[i - 15] >> 3;
    uint32_t b = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ w[i - 2] >> 10;
    w[i] = w[i - 16] + a + w[i - 7] + b;
  }
  uint32_t s[8];
  memcpy(s, hash->state, sizeof s);
  for (int i = 0; i < 64; i++) {
    uint32_t choice = (s[4] & s[5]) ^ (~s[4] & s[6]);
    uint32_t majority = (s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]);
    uint32_t one = s[7] + (rotate(s[4], 6) ^ rotate(s[4], 11) ^ rotate(s[4], 25)) + choice + round_constants[i] + w[i];
    uint32_t two = (rotate(s[0], 2) ^ rotate(s[0], 13) ^ rotate(s[0], 22)) + majority;
    memmove(s + 1, s, 7 * sizeof *s);
    s[4] += one;
    s[0] = one + two;
  }
  for (int i = 0; i < 8; i++) hash->state[i] += s[i];
}

static void start(struct sha256 *hash) {
  *hash = (struct sha256){.state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19}};
}

static void add(struct sha256 *hash, const void *bytes, size_t size) {
  const unsigned char *next = bytes;
  for (size_t i = 0; i < size; i++) {
    hash->block[hash->size++ % 64] = next[i];
    if (hash->size % 64 == 0) add_block(hash, hash->block);
  }
}

static void finish(struct sha256 *hash, char text[SHA256_TEXT_SIZE]) {
  unsigned char length[8];
  for (int i = 0; i < 8; i++) length[i] = (unsigned char)(hash->size * 8 >> (56 - 8 * i));
  add(hash, "\x80", 1);
  while (hash->size % 64 != 56) add(hash, "", 1);
  add(hash, length, sizeof length);
  for (int i = 0; i < 8; i++) (void)snprintf(text + (ptrdiff_t)(8 * i), 9, "%08x", (unsigned)hash->state[i]);
}

bool sha256_of_file(const char *path, char text[SHA256_TEXT_SIZE]) {
  text[0] = '\0';
  struct stat status;
  if (stat(path, &status) || !S_ISREG(status.st_mode)) return true; /* a pipe has been read already */
  FILE *file = fopen(path, "rb");
  if (!file) return false;
  struct sha256 hash;
  start(&hash);
  char block[16384];
  for (size_t size; (size = fread(block, 1, sizeof block, file)) > 0;) add(&hash, block, size);
  bool ok = !ferror(file);
  if (ok) finish(&hash, text);
  (void)fclose(file);
  return ok;
}
