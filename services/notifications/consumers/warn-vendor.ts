import { LowStock } from "../../contracts/inventory.ts";
import { consumer } from "../../../mixins/inbox.mixin.ts";
import type { Notifications } from "../notifications.context.ts";
import { lowStock } from "../templates/built-in/stock.ts";
import { fanOut } from "./fan-out.ts";

/** Each crossing is a fact of its own. A product without a vendor is the shop's own: nobody is told. */
export const warnVendor = consumer<Notifications, typeof LowStock>(
	"notifications.warnVendor",
	LowStock,
	async function (message, tx) {
		const { productId, currentStock, threshold, vendorId: userId } = message.data;
		if (userId === null) return;
		const variables = { productId, currentStock, threshold };
		await fanOut(this, tx, { cause: message, template: lowStock, userId, aboutId: message.id, variables });
	},
);
