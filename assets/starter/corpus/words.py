"""Word lists, by what a word can do in a sentence."""

ROLES = """accountant actor architect artist baker barber brother builder butcher captain carpenter cashier chef
child clerk coach colleague cook courier cousin customer dancer daughter dentist designer detective director doctor
driver editor electrician engineer farmer father firefighter fisherman florist friend gardener girl grandfather
grandmother guard guest guide hairdresser inspector interpreter journalist judge keeper landlord lawyer librarian
lifeguard manager mayor mechanic merchant miner mother musician neighbour nephew niece nurse officer owner painter
passenger pharmacist photographer pilot plumber poet postman president producer professor programmer pupil
receptionist reporter sailor salesman scientist secretary shepherd shopkeeper singer sister soldier son stranger
student surgeon tailor teacher tenant tourist trainer traveller uncle visitor volunteer waiter widow witness worker
writer""".split()

OBJECTS = """armchair backpack bag ball basket bell belt bench bicycle blanket blender boat book bottle bowl box
bracelet bridge broom brush bucket cabinet cable calendar camera candle canoe carpet cart chain chair chart clock
coat coin comb computer cup curtain desk diary dictionary dish door drawer dress drill drum engine envelope fan fence
file flag flute folder fork frame fridge fountain gate glove guitar hammer hat headset heater helmet jacket jar
journal kettle key keyboard kite knife ladder lamp lantern laptop letter lock machine magazine map mask mattress
medal microphone mirror motor mug necklace needle notebook oven package painting pan parcel pen pencil phone piano
picture pillow pipe plate pot printer pump puzzle radio rake razor ring robot rope rug ruler saddle sail saw scarf
scooter screen sculpture shelf shirt shoe shovel sign sketch sofa speaker spoon stamp statue stool stove suitcase
sweater sword table tablet tape telescope tent ticket toaster tool towel toy tray trumpet truck umbrella uniform vase
violin wagon wallet watch wheel whistle window wrench""".split()

FOODS = """apple apricot bacon bagel banana basil bean beef beer berry biscuit bread broccoli broth burger butter
cabbage cake candy carrot cereal cheese cherry chicken chili chocolate cider coconut coffee cookie corn crab cream
cucumber curry dumpling egg fig fish garlic ginger grape ham honey ice jam juice lamb lemon lentil lettuce lime
lobster mango melon milk mint muffin mushroom mustard noodle nut oat olive onion orange pancake pasta pastry peach
peanut pear pepper pickle pie pineapple pizza plum popcorn pork porridge potato prawn pudding pumpkin radish raisin
rice risotto roll salad salmon salt sandwich sauce sausage seafood soup spinach steak stew strawberry sugar sushi
syrup taco tea toast tofu tomato trout tuna turkey vanilla vinegar waffle walnut wine yogurt""".split()

ANIMALS = """ant badger bat bear beaver bee beetle bird bull butterfly calf camel cat chick cow crab crane crow deer
dog dolphin donkey dove duck eagle elephant falcon ferret finch fox frog giraffe goat goose hare hawk hedgehog hen
heron horse kitten lamb lion lizard magpie mole monkey moth mouse mule otter owl ox panda parrot penguin pig pigeon
pony puppy rabbit rat raven robin rooster seal shark sheep snail snake sparrow spider squirrel stork swan tiger toad
tortoise turtle whale wolf wren zebra""".split()

PLACES = """airport alley apartment attic avenue bakery balcony bank barn basement bay beach bookshop border bridge
café camp canal castle cathedral cave cellar chapel church cinema classroom clinic coast college corner cottage
courtyard desert dock driveway factory farm ferry field forest fort gallery garage garden gym hall harbour hill
hospital hostel hotel house island kitchen laboratory lake library lighthouse lobby market meadow mill monastery
mosque motel mountain museum nursery office orchard palace park path pharmacy pier plateau playground pond pool port
prison quarry restaurant river road roof school shed shop shore square stable stadium station street studio suburb
supermarket swamp temple terrace theatre tower town tunnel university valley village warehouse waterfall workshop
zoo""".split()

IDEAS = """accident advice agreement ambition answer appointment argument article balance bargain battle behaviour
belief benefit budget campaign career cause celebration challenge chance change choice claim comfort comparison
complaint concert condition conference connection contest contract conversation courage course culture custom danger
date deadline debt decision delay demand design detail development difference difficulty disaster discovery discount
discussion disease dream duty education effort election emergency energy error event example excuse exercise
experience experiment explanation failure fashion favour fear festival freedom friendship future game goal habit
harvest health help history hobby holiday honour hope idea illness improvement income industry influence information
inquiry interest interview invention journey joke joy justice knowledge language law lesson lie limit loan loss luck
marriage meaning measure meeting memory message method mistake moment mood murder music mystery news noise offer
opinion opportunity order pain patience payment peace performance permission plan pleasure policy pollution pressure
price pride problem process profit programme progress project promise proof proposal protest punishment purpose
quality quarrel question race reason recipe record reform relation relief report request rescue research result
reward risk role rule rumour safety salary scandal schedule season secret service shock silence situation skill
solution sorrow speech sport step storm story strategy strike struggle subject success suggestion surprise survey
system talent task taste tax technology theory threat tradition traffic training treatment trip trouble trust truth
value victory view visit voice vote wage war warning waste weakness wealth weather wedding welcome wisdom
wish""".split()

ADJECTIVES = """able absent active afraid ancient angry annual anxious awful bad bare basic beautiful bitter black
blind blue bold boring brave brief bright broad broken brown busy calm careful careless cheap cheerful civil classic
clean clear clever close cloudy clumsy cold colourful comfortable common complex cool correct crazy creative crowded
cruel curious curly daily damp dangerous dark dead deaf dear deep delicate delicious different difficult direct dirty
distant double dramatic dry dull dusty eager early easy elegant elderly empty enormous equal exact excellent exciting
expensive extra fair faithful false familiar famous fancy fast fat favourite fierce final fine firm flat foreign
formal fragile free frequent fresh friendly frozen full funny general generous gentle giant glad golden good gradual
grand grateful great green grey guilty handsome happy hard harmless healthy heavy helpful hidden high hollow holy
honest horrible hot huge humble hungry icy ideal idle important impossible innocent intense jealous jolly keen kind
large late lazy lean light little lively local lonely long loose loud lovely low loyal lucky mad main massive medium
mild minor missing modern modest muddy musical narrow nasty natural neat nervous new nice noble noisy normal obvious
odd official old open ordinary original outdoor pale patient peaceful perfect plain pleasant polite poor popular
positive powerful practical precious pretty previous private proud public pure purple quick quiet rapid rare raw
ready real recent red regular reliable remote rich ripe rough round royal rude rural sad safe salty secret sensible
separate serious severe shallow sharp shiny short shy sick silent silly silver simple single sleepy slim slow small
smart smooth soft solid sore sour spare special spicy steady steep sticky stiff strange strict strong stupid sudden
sunny superb sure sweet swift tall tame tasty tender terrible thick thin thirsty tidy tight tiny tired tough
traditional true typical ugly unusual upset urgent useful usual vague valuable vast violent warm weak wealthy weekly
weird wet white whole wide wild wise wonderful wooden wrong yellow young""".split()

ADVERBS = """again almost already always badly barely briefly calmly carefully certainly clearly closely constantly
daily directly early easily eagerly entirely even eventually exactly finally firmly gently gladly gradually happily
hardly immediately kindly lately later loudly mostly nearly neatly never nervously normally often once only openly
patiently perfectly politely possibly probably properly proudly quickly quietly rarely really recently regularly
sadly safely seldom sharply shortly silently simply slowly softly sometimes soon still strongly suddenly surely
together twice usually warmly wisely yesterday""".split()

# base, past, -ing, and what it takes: o an object, f food, p a person, a an animal, i an idea, l a place, - nothing
_VERBS = """admire admired admiring opi
answer answered answering p
appear appeared appearing -
arrive arrived arriving -
ask asked asking p
attack attacked attacking pa
avoid avoided avoiding pil
bake baked baking f
blame blamed blaming p
boil boiled boiling f
borrow borrowed borrowing o
break broke breaking o
bring brought bringing of
build built building ol
burn burned burning of
buy bought buying of
call called calling p
calm calmed calming pa
cancel cancelled cancelling i
carry carried carrying of
catch caught catching a
celebrate celebrated celebrating i
change changed changing oi
chase chased chasing pa
check checked checking oi
choose chose choosing ofi
chop chopped chopping f
clean cleaned cleaning ol
climb climbed climbing -
close closed closing ol
collect collected collecting o
complain complained complaining -
compare compared comparing oi
cook cooked cooking f
copy copied copying o
count counted counting o
cross crossed crossing l
cry cried crying -
cut cut cutting of
dance danced dancing -
decorate decorated decorating ol
defend defended defending pi
deliver delivered delivering of
describe described describing opi
design designed designing ol
destroy destroyed destroying ol
discover discovered discovering il
discuss discussed discussing i
draw drew drawing opa
drink drank drinking -
drop dropped dropping of
eat ate eating f
empty emptied emptying o
encourage encouraged encouraging p
enjoy enjoyed enjoying fi
enter entered entering l
escape escaped escaping -
examine examined examining opa
explain explained explaining i
explore explored exploring l
fall fell falling -
feed fed feeding pa
fight fought fighting -
fill filled filling o
find found finding opail
finish finished finishing fi
fix fixed fixing o
follow followed following pa
forget forgot forgetting oi
forgive forgave forgiving p
fry fried frying f
gather gathered gathering of
grow grew growing f
guard guarded guarding ol
help helped helping p
hide hid hiding of
hold held holding of
hunt hunted hunting a
hurry hurried hurrying -
ignore ignored ignoring pi
improve improved improving i
inspect inspected inspecting ol
interrupt interrupted interrupting pi
invent invented inventing oi
invite invited inviting p
join joined joining pi
judge judged judging pi
kick kicked kicking o
kiss kissed kissing p
laugh laughed laughing -
lead led leading pa
leave left leaving l
lend lent lending o
lift lifted lifting o
like liked liking ofpail
lose lost losing oi
love loved loving ofpal
lower lowered lowering o
mark marked marking o
measure measured measuring ol
meet met meeting p
mend mended mending o
mention mentioned mentioning i
miss missed missing pi
mix mixed mixing f
move moved moving o
need needed needing ofi
notice noticed noticing opai
offer offered offering of
open opened opening ol
order ordered ordering of
organize organized organizing i
own owned owning ol
pack packed packing of
paint painted painting ol
phone phoned phoning p
pick picked picking f
plan planned planning i
polish polished polishing o
postpone postponed postponing i
praise praised praising p
prepare prepared preparing fi
protect protected protecting pal
pull pulled pulling o
push pushed pushing o
raise raised raising a
reach reached reaching l
recommend recommended recommending ofil
record recorded recording i
refuse refused refusing i
remember remembered remembering pi
remove removed removing o
rent rented renting ol
repair repaired repairing o
replace replaced replacing o
report reported reporting i
rescue rescued rescuing pa
rest rested resting -
return returned returning -
ring rang ringing -
roast roasted roasting f
run ran running -
save saved saving of
scratch scratched scratching o
search searched searching l
see saw seeing opai
sell sold selling of
send sent sending o
serve served serving f
share shared sharing fi
shout shouted shouting -
show showed showing o
sing sang singing -
sketch sketched sketching ol
sleep slept sleeping -
smell smelled smelling f
smile smiled smiling -
solve solved solving i
steal stole stealing of
study studied studying i
support supported supporting pi
surprise surprised surprising p
sweep swept sweeping l
swim swam swimming -
taste tasted tasting f
teach taught teaching p
thank thanked thanking p
throw threw throwing o
tidy tidied tidying l
touch touched touching o
train trained training pa
travel travelled travelling -
trust trusted trusting p
understand understood understanding pi
use used using o
visit visited visiting pl
wait waited waiting -
wake woke waking p
walk walked walking -
want wanted wanting ofi
warn warned warning p
wash washed washing of
watch watched watching pai
win won winning i
wipe wiped wiping o
work worked working -
worry worried worrying -
wrap wrapped wrapping of"""

VERBS = [tuple(line.split()) for line in _VERBS.splitlines()]

KINDS = {"o": OBJECTS, "f": FOODS, "p": ROLES, "a": ANIMALS, "i": IDEAS, "l": PLACES}

COLOURS = """amber beige black blue bronze brown cream crimson emerald gold green grey indigo ivory lilac maroon mint
navy orange pink purple red silver teal turquoise violet white yellow""".split()

MATERIALS = """aluminium bamboo brass brick canvas ceramic clay concrete copper cork cotton glass granite iron leather
linen marble metal oak paper pine plastic rubber silk slate steel stone velvet wax wood wool""".split()

CUISINES = """American Arabic British Cantonese Caribbean Catalan Creole Danish Ethiopian French Georgian German
Greek Hawaiian Hungarian Indian Irish Italian Jamaican Japanese Kenyan Korean Lebanese Mexican Moroccan Nepalese
Nordic Persian Peruvian Polish Portuguese Russian Sicilian Spanish Swedish Thai Tibetan Turkish Tuscan vegan
vegetarian Vietnamese""".split()

SUBJECTS = """algebra anatomy archaeology astronomy biology botany chemistry cookery dance drama drawing economics
ethics fashion film French gardening geography geology German grammar history Italian jazz journalism law logic
management mathematics mechanics medicine music nursing painting pharmacy philosophy photography physics poetry
politics pottery programming psychology robotics sculpture Spanish statistics tailoring theology zoology""".split()

GENRES = """adventure ballad biography blues comedy country crime dance documentary drama essay fable fantasy folk
historical horror jazz musical mystery opera poetry pop punk rock romance satire science-fiction soul thriller travel
war western""".split()

MONTHS = """January February March April May June July August September October November December""".split()
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
NUMBERS = "two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty".split()
