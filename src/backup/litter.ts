/** What operating systems and browsers of folders leave on cards and drives: never a photograph. */
const LITTER: readonly RegExp[] = [
  /^\._/,
  /^\.DS_Store$/,
  /^\.(Spotlight-V100|Trashes|Trash-\d+|fseventsd|TemporaryItems|DocumentRevisions-V100|apdisk)$/i,
  /^\.com\.apple\.timemachine\./i,
  /^(Thumbs\.db|ehthumbs\.db|desktop\.ini)$/i,
  /^(System Volume Information|\$RECYCLE\.BIN|RECYCLER)$/i,
  /^lost\+found$/i,
  /^~\$/,
  /\.fieldvault-part$/,
];

/** Whether a file or folder of this name is left out of backups, whatever its content. */
export function isLitter(name: string): boolean {
  return LITTER.some((pattern) => pattern.test(name));
}
