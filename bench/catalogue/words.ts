const words = (list: string): readonly string[] => list.trim().split(/\s+/);

/** Departments, the categories in each, and the six things that each category sells. */
export const DEPARTMENTS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
	Home: {
		Lighting: words("Lamp Lantern Chandelier Spotlight Sconce Torchiere"),
		Furniture: words("Chair Table Bookcase Sideboard Stool Armchair"),
		Textiles: words("Blanket Cushion Curtain Carpet Tablecloth Duvet"),
		Decoration: words("Mirror Vase Candlestick Clock Frame Wreath"),
	},
	Kitchen: {
		Cookware: words("Skillet Saucepan Casserole Wok Griddle Stockpot"),
		Cutlery: words("Knife Cleaver Ladle Spatula Whisk Peeler"),
		Tableware: words("Bowl Plate Teapot Goblet Platter Pitcher"),
		Appliances: words("Toaster Kettle Blender Juicer Grinder Dehydrator"),
	},
	Garden: {
		Tools: words("Spade Rake Pruner Trowel Wheelbarrow Hoe"),
		Planters: words("Flowerpot Trellis Greenhouse Propagator Windowbox Urn"),
		Watering: words("Hose Sprinkler Nozzle Dripper Cistern Bucket"),
		Grilling: words("Barbecue Smoker Firepit Skewer Tongs Chimney"),
	},
	Office: {
		Desks: words("Desk Footrest Lectern Pedestal Workbench Partition"),
		Stationery: words("Notebook Pencil Stapler Binder Envelope Eraser"),
		Computing: words("Keyboard Monitor Mouse Webcam Headset Router"),
		Storage: words("Drawer Cabinet Basket Crate Locker Organizer"),
	},
	Outdoor: {
		Camping: words("Tent Hammock Stove Groundsheet Cooler Canteen"),
		Hiking: words("Backpack Gaiters Compass Rucksack Headlamp Poncho"),
		Cycling: words("Saddle Helmet Pannier Handlebar Pedal Derailleur"),
		Climbing: words("Harness Carabiner Rope Chalkbag Crashpad Belay"),
	},
	Fashion: {
		Jackets: words("Jacket Parka Blazer Anorak Waistcoat Cardigan"),
		Shoes: words("Sneaker Boot Sandal Loafer Slipper Moccasin"),
		Bags: words("Handbag Wallet Satchel Suitcase Briefcase Purse"),
		Jewellery: words("Necklace Bracelet Earring Brooch Pendant Anklet"),
	},
};

export const ADJECTIVES = words(`
	Adjustable Antique Breathable Bright Classic Collapsible Compact Cordless Curved Deluxe Durable Elegant Ergonomic
	Featherlight Flexible Folding Handmade Heavy Insulated Laminated Lightweight Magnetic Minimalist Modern Modular
	Narrow Nordic Oiled Oversized Padded Polished Portable Premium Professional Quilted Rechargeable Reinforced
	Reversible Rotating Round Rustic Silent Slim Smooth Square Stackable Tall Vintage Waterproof Woven`);

export const MATERIALS = words(`
	Acacia Acrylic Aluminium Ash Bamboo Beech Birch Brass Bronze Canvas Carbon Cashmere Ceramic Cherry Copper Cork Cotton
	Enamel Felt Glass Granite Jute Leather Linen Maple Marble Merino Nylon Oak Pine Porcelain Rattan Sandstone Silicone
	Silk Slate Stainless Steel Stoneware Teak Titanium Velvet Walnut Wicker Willow Wool Zinc`);

export const COLOURS = words(`
	Amber Anthracite Aqua Beige Black Blue Burgundy Charcoal Coral Cream Crimson Emerald Fuchsia Golden Graphite Green
	Indigo Ivory Lavender Magenta Mint Mustard Navy Olive Orange Peach Pink Plum Purple Red Rose Ruby Rust Saffron Sage
	Sand Sapphire Scarlet Silver Sky Tan Taupe Terracotta Turquoise Umber Vanilla Violet White Yellow Cobalt`);

/** Brands are made of three of these, as in Valoren or Mistrako. */
export const SYLLABLES = words(`
	al bar bel bren cal cor dal den dor el fal fen gal gor hal hol ir jas kal kel kor lan lem lor mal mer mis mon nar nel
	nor ol pal per quin rav rel ron sal ser sol tal ten tor ul val ven vor wil xan yor zan zel`);

/** Said in descriptions: the first is in all of them, later ones are rarer. */
export const PHRASES: readonly string[] = [
	"Made with care and delivered within days.",
	"Suitable for indoor and outdoor use.",
	"Easy to clean with a damp cloth.",
	"Comes with a warranty of five years.",
	"Assembled by hand in a family workshop.",
	"Packed without plastic.",
	"Awarded for its design.",
];
