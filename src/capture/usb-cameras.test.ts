import { describe, expect, it } from 'vitest';
import { openNodeWorld, type Usb } from '../platform/index.ts';
import { openUsbCamera } from './open-camera.ts';

const { clock } = openNodeWorld();

function usbOf(...ids: readonly string[]): Usb {
  return {
    listCameras: async () =>
      ids.map((id) => ({
        id,
        name: 'A camera',
        open: async () => {
          throw new Error('held by another program');
        },
      })),
  };
}

function open(usb: Usb, id: string): Promise<unknown> {
  return openUsbCamera({ clock, usb }, id);
}

describe('openUsbCamera()', () => {
  it.each<readonly [string, Usb, string, RegExp]>([
    ['nothing is plugged in', usbOf(), '', /no such camera/],
    ['another one is', usbOf('04a9:32d2:123'), '999', /no such camera/],
    ['several are', usbOf('04a9:32d2:123', '04b0:0440:77'), '', /usb:04a9.*usb:04b0/],
    ['another program holds it', usbOf('04a9:32d2:123', '04b0:0440:77'), '77', /held by/],
  ])('says so when %s', async (_, usb, id, message) => {
    const error = { code: 'CAMERA_UNREACHABLE', message: expect.stringMatching(message) };
    await expect(open(usb, id)).rejects.toMatchObject(error);
  });

  it('says so when there is no USB', async () => {
    const usb: Usb = {
      listCameras: async () => {
        throw new Error('/sys/bus/usb/devices/ not found');
      },
    };
    await expect(open(usb, '')).rejects.toMatchObject({ code: 'CAMERA_UNREACHABLE' });
  });
});
