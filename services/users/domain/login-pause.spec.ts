import { expect, it } from "@jest/globals";
import { pauseMs } from "./login-pause.ts";

it.each([
	[0, 0],
	[4, 0],
	[5, 1_000],
	[6, 2_000],
	[7, 4_000],
	[14, 512_000],
	[15, 900_000],
	[10_000, 900_000],
])("after %i failures in a row the next login waits %i ms", (failures, expectedMs) => {
	expect(pauseMs(failures)).toBe(expectedMs);
});
