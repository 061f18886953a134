/**
 * Every limit in one place: memory, queues, retries, depth, sizes.
 * A number that bounds something lives here under a name with its unit last.
 */
export const LIMITS = {
  /** One read of a large sequential copy, in bytes; also the size of a worker's aligned buffer. */
  copyChunkBytes: 1_048_576,
  /** A file that arrives piece by piece is made durable and read back each time so much has come. */
  followBytes: 8_388_608,
  /** A batch of files that share one barrier of folder and journal syncs. */
  batchFilesMax: 128,
  batchBytesMax: 134_217_728,
  /** Below this a batch is not made smaller to feed more workers. */
  batchFilesMin: 8,
  batchBytesMin: 8_388_608,
  /** Batches staged at the same time; each holds one worker. */
  batchesInFlightMax: 4,
  /** How often a file that changes while it is read is read again. */
  changedWhileReadTriesMax: 3,
  /** How often a copy that did not come back right is written again. */
  writeTriesMax: 3,
  /** Two modification times closer than this are the same (FAT keeps 2 s). */
  mtimeToleranceMs: 2000,
  /** First bytes of a file whose digest tells quickly whether its content may be known. */
  headBytes: 65_536,
  /** First bytes of a new picture that are asked for its rating and the like before it is copied. */
  scoutBytesMax: 262_144,
  /** A smaller picture is copied sooner than it is asked. */
  scoutBytesMin: 65_536,
  /** A larger sidecar is asked nothing before it is copied. */
  scoutSidecarBytesMax: 4_194_304,
  /** Files that a worker looks into before it is asked again. */
  scoutFilesMax: 64,
  /** One unchanged file in this many is read again in each run, in turn. */
  rollingSampleEvery: 64,
  /** The rolling sample reads at most this much in one run, in bytes. */
  rollingSampleBytesMax: 268_435_456,
  /**
   * In a check that may last so many minutes, a file of more bytes for each of them is read after all others: it might
   * never fit, and nothing else would be read (half of the time at 100 MB/s).
   */
  timeBoxBytesPerMinute: 3_000_000_000,
  /** How often a time box looks at the clock. */
  timeBoxLookMs: 250,
  /** Folder depth below a source; deeper is an issue, not a stack overflow. */
  folderDepthMax: 200,
  /** One journal line, in bytes; a longer one is damage. */
  journalLineBytesMax: 1_048_576,
  /** Files in one folder of originals before a second folder of the same day begins. */
  originalsPerFolderMax: 4096,
  /** Folders of one day that cannot be listed before the whole drive is taken for broken. */
  tornFoldersMax: 2,
  /** Bytes kept free on a vault so that the journal can always be finished. */
  reserveBytes: 4_194_304,
  /** A cleaned file name, in UTF-8 bytes, digest and extensions included (exFAT and NTFS allow 255 units). */
  storedNameBytesMax: 200,
  /** Issues kept in a report; the rest are counted. */
  issuesKeptMax: 10_000,
  /** What a cut may cost a sync over a slow link, in bytes: so much is made durable at a time. */
  syncPartBytes: 8_388_608,
  /** A batch of a sync over a fast link, in bytes. */
  syncBatchBytesMax: 67_108_864,
  /** Above this rate a link is fast: bytes that must come again cost less than making them durable often. */
  syncFastBytesPerSecond: 16_777_216,
  /** Stored files a sync looks for before it trusts what a journal says of its drive. */
  syncSampleFiles: 64,
  /** Blobs that one receipt names: a line must stay below a megabyte. */
  receiptBlobsMax: 20_000,
  /** A part of a file that goes to an object store, in bytes; a smaller file goes in one piece. */
  storePartBytes: 8_388_608,
  /** Parts of one file on their way (a cut costs no more than these), and files. */
  storePartsAtOnce: 1,
  storeUploadsMax: 8,
  /** A connection to an object store must stand after this, and something must move on it within the other. */
  storeConnectMs: 10_000,
  storeIdleMs: 45_000,
  /** How often a request to an object store is made, and the pause before the second one; each later one is doubled. */
  storeTriesMax: 8,
  storePauseMs: 200,
  storePauseMsMax: 10_000,
  /** Objects of one folder that are fetched ahead of the one that is read. */
  storeAheadMax: 16,
  /** An upload that was begun so long ago is nobody's any more. */
  storeUploadKeptMs: 604_800_000,
  /** A key of an object, in UTF-8 bytes (S3 user guide, "Object key names"). */
  storeKeyBytesMax: 1024,
  /** A lease that was not renewed for this long is dead. */
  leaseMs: 900_000,
  /** A writer at work says so at least this often. */
  heartbeatMs: 300_000,
  /** A JPEG file that is recoded, in bytes; a larger one is stored as it is. */
  jpegBytesMax: 536_870_912,
  /** Its coefficients, 2 bytes each in memory: 178 megapixels with halved colour, 89 without. */
  jpegCoefficientsMax: 268_435_456,
  /** The same where it is coded beside a sibling, which takes fourteen bytes each: 67 megapixels with halved colour. */
  jpegSiblingCoefficientsMax: 100_663_296,
  /** Its scans; ten are usual, libjpeg makes no more than 64. */
  jpegScansMax: 64,
  /** What stands around its scans is modelled up to here, in bytes; beyond that it is kept as it is. */
  jpegModelledBytesMax: 262_144,
  /** Notes of what its scans have besides coefficients, in bytes; with more it is stored as it is. */
  jpegNotesBytesMax: 4_194_304,
  /** One read of a file from a camera, in bytes: some give no more at once (an EOS R fails at 5 MiB). */
  captureReadBytes: 1_048_576,
  /** Captured files being made durable while the next ones are read. */
  captureCommitsMax: 8,
  /** Files of a camera that wait to be taken; what lies on its card beyond that is found by looking again. */
  captureQueueMax: 4096,
  /** How often a file of a camera is tried before it is told that it stays there. */
  captureTriesMax: 6,
  /** How often a file whose size and bytes do not agree is read before it is kept as it is. */
  captureSizeTriesMax: 3,
  /** The first pause before a file is tried again; each one after it is twice as long. */
  captureAgainMs: 200,
  /** A frame that no vault has room for is tried again after this. */
  captureFullWaitMs: 10_000,
  /** How often a session looks at its clock. */
  captureTickMs: 250,
  /** How often the camera's files are compared with what was told, when there is nothing else to do. */
  captureCompareMs: 5000,
  /** The first pause before a link that broke is tried again; each one after it is twice as long, up to the other. */
  captureRetryMs: 250,
  captureRetryMsMax: 10_000,
  /** A camera that is away for longer is given up. */
  captureAwayMs: 1_800_000,
} as const;
