import { MAPPING_PROPERTIES } from '../properties/mapping';
import { testSlice } from '../slice';

testSlice(MAPPING_PROPERTIES);
