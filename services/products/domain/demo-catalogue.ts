import { toMinor } from "../../contracts/money.ts";
import type { Draft } from "./product.ts";

type Item = readonly [sku: string, name: string, price: number, stockQuantity: number, description: string];

interface Shelf {
	readonly category: string;
	readonly description: string;
	readonly items: readonly Item[];
}

const SHELVES: readonly Shelf[] = [
	{
		category: "Kitchen",
		description: "For cooking, baking and the table.",
		items: [
			["KIT-1001", "Cast iron skillet 26 cm", 39.9, 80, "Pre-seasoned, for gas, induction and the oven."],
			["KIT-1002", "Chef's knife 20 cm", 64.5, 60, "Forged steel, full tang, handle of walnut."],
			["KIT-1003", "Beech cutting board", 24.9, 120, "Oiled end grain with a groove for juice."],
			["KIT-1004", "Pour-over coffee set", 32, 75, "Glass carafe for 600 ml with a steel filter."],
			["KIT-1005", "Stoneware bowls, set of four", 28.5, 90, "Glazed by hand; dishwasher safe."],
		],
	},
	{
		category: "Garden",
		description: "For beds, balconies and the lawn.",
		items: [
			["GAR-2001", "Bypass pruner", 27.9, 110, "Cuts living wood up to 22 mm cleanly."],
			["GAR-2002", "Watering can 9 l", 19.5, 140, "Galvanised, with a brass rose."],
			["GAR-2003", "Raised bed 120 × 80 cm", 89, 25, "Untreated larch, assembled without tools."],
			["GAR-2004", "Herb seed collection", 12.9, 300, "Basil, thyme, sage, dill and chives, organic."],
			["GAR-2005", "Folding garden chair", 54, 48, "Acacia wood, folds flat for the winter."],
		],
	},
	{
		category: "Office",
		description: "For desks and those who sit at them.",
		items: [
			["OFF-3001", "Mechanical keyboard", 99, 70, "Hot-swappable switches, 75 % layout, USB-C."],
			["OFF-3002", "Desk lamp with dimmer", 46.9, 85, "2700 to 5000 K, 800 lm, with a memory."],
			["OFF-3003", "Dotted notebook A5", 14.9, 400, "192 numbered pages of 100 g paper."],
			["OFF-3004", "Fountain pen, medium nib", 34, 95, "Steel nib, with converter and two cartridges."],
			["OFF-3005", "Laptop stand", 42.5, 64, "Aluminium, height from 8 to 18 cm."],
		],
	},
	{
		category: "Outdoor",
		description: "For trails, tents and bad weather.",
		items: [
			["OUT-4001", "Trekking backpack 45 l", 129, 40, "Adjustable back, rain cover included."],
			["OUT-4002", "Two-person tent", 219, 18, "2.1 kg, 3000 mm water column, two porches."],
			["OUT-4003", "Insulated bottle 0.75 l", 29.9, 210, "Cold for 24 hours, hot for 12."],
			["OUT-4004", "Head torch 400 lm", 38, 130, "Charges by USB-C, with a red light."],
			["OUT-4005", "Merino socks", 21.9, 260, "Mid weight, cushioned heel."],
		],
	},
	{
		category: "Toys",
		description: "For children, and those who play with them.",
		items: [
			["TOY-5001", "Wooden train set, 40 pieces", 59.9, 55, "Beech, fits all common tracks."],
			["TOY-5002", "Marble run", 44.9, 62, "72 parts, from age four."],
			["TOY-5003", "Jigsaw of the night sky, 1000 pieces", 18.5, 150, "Linen finish, with a poster."],
			["TOY-5004", "Card game for quick eyes", 11.9, 320, "Two to eight players, fifteen minutes."],
		],
	},
];

export interface DemoShelf {
	readonly category: { readonly name: string; readonly description: string };
	readonly products: readonly { readonly draft: Draft; readonly stockQuantity: number }[];
}

/** What an empty shop is filled with, so that its first visitor has something to order. */
export function demoCatalogue(currency: string): DemoShelf[] {
	return SHELVES.map(({ category, description, items }) => ({
		category: { name: category, description },
		products: items.map((item) => productOf(item, currency)),
	}));
}

function productOf([sku, name, price, stockQuantity, description]: Item, currency: string) {
	const images = [`https://example.com/images/${sku.toLowerCase()}.jpg`];
	const priceCents = toMinor(price, currency);
	return { draft: { sku, name, priceCents, description, images, lowStockThreshold: 5 }, stockQuantity };
}
