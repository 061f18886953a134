// Hamming distances of 256-bit fingerprints (see ../hamming.ts for what it is for and ../hamming-plain.ts for the twin).
// Every function reads its arguments from the parameter block at address 0: 32-bit words, see ../hamming-block.ts.
// Rows are 32 bytes long and are read four at a time: the caller leaves room for three rows behind the last one.

// @ts-ignore: decorator
@inline function int(word: i32): i32 {
  return load<i32>(<usize>word << 2);
}

// @ts-ignore: decorator
@inline function bits(near: v128, far: v128, row: usize): v128 {
  const first = i8x16.popcnt(v128.xor(near, v128.load(row)));
  const second = i8x16.popcnt(v128.xor(far, v128.load(row, 16)));
  // At most 16 a lane before it is widened, 64 after.
  return i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(i8x16.add(first, second)));
}

/** The distances of one fingerprint, held in two halves, to four rows. */
// @ts-ignore: decorator
@inline function four(near: v128, far: v128, row: usize): v128 {
  const a = bits(near, far, row);
  const b = bits(near, far, row + 32);
  const c = bits(near, far, row + 64);
  const d = bits(near, far, row + 96);
  const ab = i32x4.add(
    v128.shuffle<i32>(a, b, 0, 4, 1, 5),
    v128.shuffle<i32>(a, b, 2, 6, 3, 7),
  );
  const cd = i32x4.add(
    v128.shuffle<i32>(c, d, 0, 4, 1, 5),
    v128.shuffle<i32>(c, d, 2, 6, 3, 7),
  );
  return i32x4.add(
    v128.shuffle<i32>(ab, cd, 0, 1, 4, 5),
    v128.shuffle<i32>(ab, cd, 2, 3, 6, 7),
  );
}

/** Distances of the first left row to all right rows, as 16-bit numbers. */
export function distances(): void {
  const query = <usize>int(0);
  const near = v128.load(query);
  const far = v128.load(query, 16);
  const count = int(5);
  let row = <usize>int(3);
  let out = <usize>int(8);
  for (let j = 0; j < count; j += 4) {
    const found = four(near, far, row);
    v128.store64_lane(out, i16x8.narrow_i32x4_u(found, found), 0);
    row += 128;
    out += 8;
  }
}

/** Pairs of a left row and a later right row that are near each other; stops where the output is full. */
export function pairs(): void {
  const left = <usize>int(0);
  const leftFirst = int(1);
  const leftCount = int(2);
  const right = <usize>int(3);
  const rightFirst = int(4);
  const rightEnd = rightFirst + int(5);
  const ends = <usize>int(6);
  const limit = int(7);
  const limits = i32x4.splat(limit);
  const out = <usize>int(8);
  const room = int(9);
  let next = int(11);
  let written = 0;
  for (let i = int(10); i < leftCount; i++) {
    const near = v128.load(left + (<usize>i << 5));
    const far = v128.load(left + (<usize>i << 5), 16);
    const end = min<i32>(load<i32>(ends + (<usize>i << 2)), rightEnd);
    for (let j = max<i32>(max<i32>(leftFirst + i + 1, rightFirst), next); j < end; j += 4) {
      const found = four(near, far, right + (<usize>(j - rightFirst) << 5));
      if (!v128.any_true(i32x4.le_s(found, limits))) continue;
      if (written + 4 > room) {
        store<i32>(40, i);
        store<i32>(44, j);
        store<i32>(48, written);
        return;
      }
      for (let lane = 0; lane < 4 && j + lane < end; lane++) {
        const distance =
          lane == 0
            ? i32x4.extract_lane(found, 0)
            : lane == 1
              ? i32x4.extract_lane(found, 1)
              : lane == 2
                ? i32x4.extract_lane(found, 2)
                : i32x4.extract_lane(found, 3);
        if (distance > limit) continue;
        const at = out + <usize>written * 12;
        store<i32>(at, leftFirst + i);
        store<i32>(at, j + lane, 4);
        store<i32>(at, distance, 8);
        written += 1;
      }
    }
    next = 0;
  }
  store<i32>(40, leftCount);
  store<i32>(44, 0);
  store<i32>(48, written);
}
