import { FieldVaultError } from '../base/index.ts';

/** Where a camera is, as a person names it. */
export type CameraAddress =
  | { readonly kind: 'folder'; readonly path: string }
  /** `port` null: the protocol's own. */
  | { readonly kind: 'ptpip' | 'fuji'; readonly host: string; readonly port: number | null }
  /** `id`: what tells one of several, empty for the only one. */
  | { readonly kind: 'usb'; readonly id: string };

/**
 * Understands `ptpip://host[:port]`, `fuji://host[:port]`, `usb:[id]` and `folder:/path`.
 * @throws FieldVaultError BAD_USAGE
 */
export function parseCameraAddress(text: string): CameraAddress {
  const folder = /^folder:(.+)$/s.exec(text)?.[1];
  if (folder !== undefined) return { kind: 'folder', path: folder.replace(/^\/\/(?=\/)/, '') };
  const usb = /^usb:(.*)$/s.exec(text)?.[1];
  if (usb !== undefined) return { kind: 'usb', id: usb };
  const network = /^(ptpip|fuji):\/\/(\[[0-9a-f:.]+\]|[^/:[\]\s]+)(?::(\d{1,5}))?\/?$/i.exec(text);
  const port = network?.[3] === undefined ? null : Number(network[3]);
  const host = network?.[2]?.replace(/^\[|\]$/g, '');
  if (host === undefined || port === 0 || (port !== null && port > 65_535)) throw unknown(text);
  return { kind: network?.[1]?.toLowerCase() === 'fuji' ? 'fuji' : 'ptpip', host, port };
}

function unknown(text: string): FieldVaultError {
  return new FieldVaultError(
    'BAD_USAGE',
    `"${text}" names no camera. Nothing was changed; say ptpip://192.168.1.1, fuji://192.168.0.1, usb: or folder:/path/to/folder.`,
    { details: { camera: text } },
  );
}
